import { describe, expect, it } from "vitest";
import { EnvError, parseServerEnv } from "./server";

const COMPLETE = {
  APP_URL: "http://localhost:3000",
  SUPABASE_URL: "http://127.0.0.1:54321",
  SUPABASE_PUBLISHABLE_KEY: "sb_publishable_x",
  SUPABASE_SECRET_KEY: "sb_secret_x",
  UPSTASH_REDIS_REST_URL: "http://127.0.0.1:54330",
  UPSTASH_REDIS_REST_TOKEN: "token",
  INNGEST_EVENT_KEY: "event",
  INNGEST_SIGNING_KEY: "signkey",
  GITHUB_CLIENT_ID: "id",
  GITHUB_CLIENT_SECRET: "client-secret",
  STRIPE_SECRET_KEY: "sk_test_x",
  STRIPE_PUBLISHABLE_KEY: "pk_test_x",
  STRIPE_WEBHOOK_SECRETS: "whsec_new, whsec_old",
  RESEND_API_KEY: "re_x",
  MAIL_FROM: "DevMentor <hello@devmentor.test>",
  TOKEN_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64"),
  LINK_SIGNING_KEY: "k".repeat(32),
};

const failure = (source: Record<string, string | undefined>): string => {
  try {
    parseServerEnv(source);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  return "no error";
};

describe("the server's environment", () => {
  it("takes a complete one and fills in the defaults", () => {
    const env = parseServerEnv(COMPLETE);
    expect(env.GITHUB_API_URL).toBe("https://api.github.com");
    expect(env.GIT_ALLOWED_HOSTS).toEqual(["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"]);
    expect(env.TRUSTED_PROXY_HOPS).toBe(0);
    expect(env.STRIPE_WEBHOOK_SECRETS).toEqual(["whsec_new", "whsec_old"]);
    expect(env.STRIPE_API_URL).toBe("https://api.stripe.com");
  });

  it.each(Object.keys(COMPLETE))("names %s and its purpose when it is missing", (name) => {
    const message = failure({ ...COMPLETE, [name]: undefined });
    expect(message).toMatch(new RegExp(`${name} is missing\\. \\S+`));
  });

  it("treats an empty variable as a missing one", () => {
    expect(failure({ ...COMPLETE, SUPABASE_URL: "" })).toContain("SUPABASE_URL is missing");
  });

  it("names a malformed one without printing its value", () => {
    const message = failure({ ...COMPLETE, TOKEN_ENCRYPTION_KEY: "hunter2-hunter2" });
    expect(message).toContain("TOKEN_ENCRYPTION_KEY is malformed");
    expect(message).not.toContain("hunter2");
  });

  it("wants a model and its prices with a key of OpenAI's protocol, and reads the prices as whole millionths", () => {
    const key = { ...COMPLETE, AI_OPENAI_API_KEY: "k", AI_OPENAI_MODEL: "m" };
    expect(failure(key)).toContain("AI_OPENAI_PRICES");
    expect(failure({ ...key, AI_OPENAI_PRICES: "cheap" })).toContain("AI_OPENAI_PRICES is malformed");
    expect(parseServerEnv({ ...key, AI_OPENAI_PRICES: "0.2/1.2" }).AI_OPENAI_PRICES).toEqual({
      inputMicro: 200_000,
      outputMicro: 1_200_000,
    });
  });

  it("wants Grafana at an origin of its own", () => {
    expect(failure({ ...COMPLETE, GRAFANA_DASHBOARD_URL: `${COMPLETE.APP_URL}/grafana/d/x` })).toContain("APP_URL");
    const other = "https://grafana.example.org/d/x";
    expect(parseServerEnv({ ...COMPLETE, GRAFANA_DASHBOARD_URL: other }).GRAFANA_DASHBOARD_URL).toBe(other);
  });

  it("names every variable at fault at once", () => {
    const message = failure({ ...COMPLETE, APP_URL: "ftp://x", RESEND_API_KEY: undefined });
    expect(message).toContain("APP_URL is malformed");
    expect(message).toContain("RESEND_API_KEY is missing");
  });
});
