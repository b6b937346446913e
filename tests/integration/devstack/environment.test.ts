import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { environmentFor, replacedBy } from "../../../devstack/environment.ts";
import { parseServerEnv, serverEnvSchema } from "@/lib/env/server";

const SECRETS = {
  stackId: "s",
  publishableKey: "sb_publishable_x",
  secretKey: "sb_secret_x",
  jwtSecret: "j".repeat(64),
  upstashToken: "u",
  inngestEventKey: "e",
  inngestSigningKey: "signkey-test-00",
  githubClientId: "Iv1.x",
  githubClientSecret: "x",
  resendApiKey: "re_x",
  stripeSecretKey: "sk_test_x",
  stripePublishableKey: "pk_test_x",
  stripeWebhookSecret: "whsec_x",
  tokenEncryptionKey: Buffer.alloc(32).toString("base64"),
  linkSigningKey: "l".repeat(64),
  metricsToken: "metrics-token-of-a-test",
  controlToken: "c",
};

const all = {
  app: "http://127.0.0.1:3000",
  supabase: "http://127.0.0.1:1",
  upstash: "http://127.0.0.1:2",
  github: "http://127.0.0.1:3",
  git: "http://127.0.0.1:4",
  resend: "http://127.0.0.1:5",
  inngest: "http://127.0.0.1:6",
  stripe: "http://127.0.0.1:7",
};

describe("the stack's environment", () => {
  it("is all that the application asks for", () => {
    expect(() => parseServerEnv(environmentFor(SECRETS, all))).not.toThrow();
  });

  it("leaves out what the caller has", () => {
    const { supabase: _, ...rest } = all;
    const env = environmentFor(SECRETS, rest);
    expect(Object.keys(env).filter((name) => name.startsWith("SUPABASE"))).toEqual([]);
    expect(() => parseServerEnv(env)).toThrow("SUPABASE_URL is missing");
  });

  it.each([
    ["supabase", { SUPABASE_URL: "https://x.supabase.co" }],
    ["redis", { UPSTASH_REDIS_REST_URL: "https://x.upstash.io" }],
    ["github", { GITHUB_CLIENT_ID: "Iv1.real" }],
    ["mail", { RESEND_API_KEY: "re_real" }],
    ["inngest", { INNGEST_BASE_URL: "http://127.0.0.1:9999" }],
    ["stripe", { STRIPE_SECRET_KEY: "sk_live_x" }],
    ["inngest", { INNGEST_SIGNING_KEY: "signkey-prod-00" }],
  ] as const)("does not start %s when %o is set", (name, environment) => {
    const replaced = replacedBy(environment);
    expect(replaced[name]).toBe(true);
    expect(Object.values(replaced).filter(Boolean)).toHaveLength(1);
  });
});

describe(".env.example", () => {
  it("explains each variable of the schema, and no other", async () => {
    const lines = (await readFile(path.resolve(import.meta.dirname, "..", "..", "..", ".env.example"), "utf8")).split(
      "\n",
    );
    const named = lines.flatMap((line) => /^#?([A-Z][A-Z0-9_]+)=/.exec(line)?.[1] ?? []);
    expect(named.sort()).toEqual(Object.keys(serverEnvSchema.shape).sort());
    // Above each variable, or above the neighbour that shares its explanation, stands a sentence.
    const unexplained = lines.filter(
      (line, index) => /^#?[A-Z][A-Z0-9_]+=/.test(line) && !/^#( \S|[A-Z][A-Z0-9_]+=)/.test(lines[index - 1] ?? ""),
    );
    expect(unexplained).toEqual([]);
  });
});
