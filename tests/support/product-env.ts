import { randomBytes } from "node:crypto";
import { beforeAll } from "vitest";
import type { TestRedis } from "./redis.ts";
import { TEST_APP_URL, type TestSupabase } from "./supabase.ts";

/** Nothing listens there: a call that a test did not provide for is refused at once. */
const NOWHERE = "http://127.0.0.1:9";

/**
 * Gives product code under test the environment it checks at boot (lib/env/server.ts), pointing at the file's own
 * services. Call at the top level, after useSupabase() and useRedis(); what is left out points nowhere.
 */
export function useProductEnv(services: {
  supabase?: TestSupabase;
  redis?: TestRedis;
  further?: () => Readonly<Record<string, string>>;
}): void {
  beforeAll(() => {
    Object.assign(process.env, productEnv(services));
  });
}

/** The same, for a process of its own. */
export function productEnv(services: {
  supabase?: TestSupabase;
  redis?: TestRedis;
  further?: () => Readonly<Record<string, string>>;
}): Record<string, string> {
  const { supabase, redis } = services;
  return {
    APP_URL: TEST_APP_URL,
    SUPABASE_URL: supabase?.url ?? NOWHERE,
    SUPABASE_PUBLISHABLE_KEY: supabase?.publishableKey ?? "sb_publishable_none",
    SUPABASE_SECRET_KEY: supabase?.secretKey ?? "sb_secret_none",
    UPSTASH_REDIS_REST_URL: redis?.url ?? NOWHERE,
    UPSTASH_REDIS_REST_TOKEN: redis?.token ?? "none",
    INNGEST_BASE_URL: NOWHERE,
    INNGEST_EVENT_KEY: "test",
    INNGEST_SIGNING_KEY: `signkey-test-${"0".repeat(32)}`,
    GITHUB_URL: NOWHERE,
    GITHUB_API_URL: NOWHERE,
    GITHUB_CLIENT_ID: "test",
    GITHUB_CLIENT_SECRET: "test",
    OSV_API_URL: NOWHERE,
    STRIPE_SECRET_KEY: "sk_test_none",
    STRIPE_PUBLISHABLE_KEY: "pk_test_none",
    STRIPE_WEBHOOK_SECRETS: "whsec_none",
    STRIPE_API_URL: NOWHERE,
    STRIPE_JS_URL: `${NOWHERE}/endive/stripe.js`,
    RESEND_API_KEY: "re_test",
    RESEND_BASE_URL: NOWHERE,
    MAIL_FROM: "DevMentor <hello@devmentor.test>",
    TOKEN_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LINK_SIGNING_KEY: randomBytes(32).toString("hex"),
    ...services.further?.(),
  };
}
