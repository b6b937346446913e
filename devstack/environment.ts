import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import type { Secrets } from "./state.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

export type Environment = Readonly<Record<string, string | undefined>>;

/** The caller's environment over `.env.local` over `.env`, as Next reads them. */
export function readEnvironment(root = ROOT): Environment {
  const files = [".env", ".env.local"].map((name) => path.join(root, name)).filter((file) => existsSync(file));
  const fromFiles = Object.assign({}, ...files.map((file) => parseEnv(readFileSync(file, "utf8")))) as Record<
    string,
    string
  >;
  const given = Object.entries({ ...fromFiles, ...process.env }).filter(
    ([, value]) => value !== undefined && value !== "",
  );
  return Object.fromEntries(given);
}

/** Which services the caller has of their own, so that the stack leaves them out. */
export interface Replaced {
  readonly supabase: boolean;
  readonly redis: boolean;
  readonly github: boolean;
  readonly mail: boolean;
  readonly inngest: boolean;
  readonly stripe: boolean;
}

export function replacedBy(environment: Environment): Replaced {
  const has = (name: string) => Boolean(environment[name]);
  return {
    supabase: has("SUPABASE_URL"),
    redis: has("UPSTASH_REDIS_REST_URL"),
    github: has("GITHUB_CLIENT_ID"),
    mail: has("RESEND_API_KEY"),
    inngest: has("INNGEST_BASE_URL") || has("INNGEST_SIGNING_KEY"),
    stripe: has("STRIPE_SECRET_KEY"),
  };
}

export interface Urls {
  readonly app: string;
  readonly supabase?: string | undefined;
  readonly upstash?: string | undefined;
  readonly github?: string | undefined;
  readonly git?: string | undefined;
  readonly resend?: string | undefined;
  readonly inngest?: string | undefined;
  readonly stripe?: string | undefined;
}

/**
 * The variables of lib/env/server.ts for the services that run here; those that the caller brought
 * are theirs and are not repeated.
 */
export function environmentFor(secrets: Secrets, urls: Urls): Record<string, string> {
  return {
    APP_URL: urls.app,
    TOKEN_ENCRYPTION_KEY: secrets.tokenEncryptionKey,
    LINK_SIGNING_KEY: secrets.linkSigningKey,
    METRICS_TOKEN: secrets.metricsToken,
    ...(urls.supabase && {
      SUPABASE_URL: urls.supabase,
      SUPABASE_PUBLISHABLE_KEY: secrets.publishableKey,
      SUPABASE_SECRET_KEY: secrets.secretKey,
    }),
    ...(urls.upstash && { UPSTASH_REDIS_REST_URL: urls.upstash, UPSTASH_REDIS_REST_TOKEN: secrets.upstashToken }),
    ...(urls.github && {
      GITHUB_URL: urls.github,
      GITHUB_API_URL: `${urls.github}/api/v3`,
      GITHUB_CLIENT_ID: secrets.githubClientId,
      GITHUB_CLIENT_SECRET: secrets.githubClientSecret,
    }),
    ...(urls.git && { DEVSTACK_GIT_ORIGIN: urls.git }),
    ...(urls.resend && {
      RESEND_API_KEY: secrets.resendApiKey,
      RESEND_BASE_URL: urls.resend,
      MAIL_FROM: `DevMentor <hello@${MAIL_DOMAIN}>`,
    }),
    ...(urls.inngest && {
      INNGEST_BASE_URL: urls.inngest,
      INNGEST_EVENT_KEY: secrets.inngestEventKey,
      INNGEST_SIGNING_KEY: secrets.inngestSigningKey,
    }),
    ...(urls.stripe && {
      STRIPE_SECRET_KEY: secrets.stripeSecretKey,
      STRIPE_PUBLISHABLE_KEY: secrets.stripePublishableKey,
      STRIPE_WEBHOOK_SECRETS: secrets.stripeWebhookSecret,
      STRIPE_API_URL: urls.stripe,
      STRIPE_JS_URL: `${urls.stripe}/endive/stripe.js`,
    }),
    NEXT_TELEMETRY_DISABLED: "1",
  };
}

/** Domain of every mail that the stack sends; `.test` belongs to nobody (RFC 6761). */
export const MAIL_DOMAIN = "devmentor.test";
