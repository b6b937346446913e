import "server-only";
import { z } from "zod";

/**
 * Everything the server reads from its environment, checked once at boot. Each variable says what
 * it is for, because that sentence is what an operator sees when it is missing.
 * `.env.example` is checked against this schema in a test.
 */
const url = (purpose: string) => z.url({ protocol: /^https?$/ }).describe(purpose);
const secret = (purpose: string, min = 1) => z.string().min(min).describe(purpose);

const budget = (purpose: string, otherwise: number) =>
  z.coerce.number().int().min(0).max(1_000_000_000_000).default(otherwise).describe(purpose);

/**
 * Anthropic's prices, in millionths of a US dollar for a million tokens, as its model overview had them on 26 November 2026
 * (platform.claude.com/docs/en/models). Haiku's are those of prompts up to 100,000 tokens; ours are always shorter.
 */
export const ANTHROPIC_PRICES = {
  "claude-haiku-5-5": { inputMicro: 100_000, outputMicro: 500_000 },
  "claude-sonnet-5-5": { inputMicro: 2_000_000, outputMicro: 10_000_000 },
  "claude-opus-5-5": { inputMicro: 4_000_000, outputMicro: 20_000_000 },
} as const;
type AnthropicModel = keyof typeof ANTHROPIC_PRICES;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export const serverEnvSchema = z.object({
  APP_URL: url("Public origin of this application; links in mails and the Origin check use it."),
  SUPABASE_URL: url("Supabase project URL: Auth, Data API and Realtime."),
  SUPABASE_PUBLISHABLE_KEY: secret("Supabase publishable key (sb_publishable_…); safe in a browser."),
  SUPABASE_SECRET_KEY: secret("Supabase secret key (sb_secret_…); used for the closed list of SQL functions."),
  UPSTASH_REDIS_REST_URL: url("Upstash Redis REST URL: caches and rate limits."),
  UPSTASH_REDIS_REST_TOKEN: secret("Upstash Redis REST token."),
  INNGEST_BASE_URL: url("Inngest server to use instead of Inngest Cloud; the embedded stack sets it.").optional(),
  INNGEST_EVENT_KEY: secret("Inngest event key: lets the outbox relay publish."),
  INNGEST_SIGNING_KEY: secret("Inngest signing key: proves that a call to /api/inngest is Inngest's."),
  GITHUB_URL: url("GitHub's web origin, where people grant access.").default("https://github.com"),
  GITHUB_API_URL: url("GitHub's REST API.").default("https://api.github.com"),
  GITHUB_CLIENT_ID: secret("Client id of the GitHub OAuth app that Supabase Auth uses too."),
  GITHUB_CLIENT_SECRET: secret("Client secret of that OAuth app; needed to revoke a grant."),
  STRIPE_SECRET_KEY: secret("Stripe secret (or restricted) key, sk_… or rk_…: charges, refunds and reads payments."),
  STRIPE_PUBLISHABLE_KEY: secret("Stripe publishable key (pk_…); safe in a browser."),
  STRIPE_WEBHOOK_SECRETS: z
    .string()
    .transform((secrets) =>
      secrets
        .split(",")
        .map((each) => each.trim())
        .filter(Boolean),
    )
    .refine((secrets) => secrets.length > 0, "no secret in it")
    .describe("Signing secrets of the webhook endpoint, whsec_…; several, separated by commas, while one is rolled."),
  STRIPE_API_URL: url("Stripe's API origin; the embedded stack sets its emulator's.").default("https://api.stripe.com"),
  STRIPE_JS_URL: url("Stripe.js, the script that shows the card form.").default(
    "https://js.stripe.com/endive/stripe.js",
  ),
  TURNSTILE_SITE_KEY: secret("Cloudflare Turnstile site key; without it no challenge is ever asked for.").optional(),
  TURNSTILE_SECRET_KEY: secret("Cloudflare Turnstile secret key: verifies answers to a challenge.").optional(),
  TURNSTILE_VERIFY_URL: url("Turnstile's verification.").default(
    "https://challenges.cloudflare.com/turnstile/v0/siteverify",
  ),
  RESEND_API_KEY: secret("Resend API key: sends mail."),
  RESEND_BASE_URL: url("Resend's API origin.").default("https://api.resend.com"),
  MAIL_FROM: secret("Sender of every mail, e.g. DevMentor <hello@example.org>."),
  TOKEN_ENCRYPTION_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/)
    .describe("32 random bytes in base64: encrypts GitHub tokens at rest (AES-256-GCM)."),
  LINK_SIGNING_KEY: secret("At least 32 characters: signs links in mails and the tokens that open a pledge.", 32),
  GIT_ALLOWED_HOSTS: z
    .string()
    .default("github.com,gitlab.com,bitbucket.org,codeberg.org")
    .transform((hosts) =>
      hosts
        .split(",")
        .map((host) => host.trim().toLowerCase())
        .filter(Boolean),
    )
    .describe("Hosts whose public repositories may be cloned, separated by commas."),
  DEVSTACK_GIT_ORIGIN: url("The one extra clone origin; set by the embedded stack alone.").optional(),
  OSV_API_URL: url(
    "OSV's API: asked about known vulnerabilities, only for analyses whose owner says so. Names of packages go there.",
  ).default("https://api.osv.dev"),
  AI_ANTHROPIC_API_KEY: secret(
    "Anthropic API key: lets Claude reword; without any provider's key nothing is.",
  ).optional(),
  AI_ANTHROPIC_URL: url("Anthropic's API, up to its version.").default("https://api.anthropic.com/v1"),
  AI_ANTHROPIC_MODEL: z
    .enum(Object.keys(ANTHROPIC_PRICES) as [AnthropicModel, ...AnthropicModel[]])
    .default("claude-haiku-5-5")
    .describe("Model of Anthropic's; those whose prices we know can be named."),
  AI_OPENAI_API_KEY: secret(
    "Key of an API that speaks OpenAI's chat completions; any text where it wants none.",
  ).optional(),
  AI_OPENAI_URL: url("That API, up to its version.").default("https://api.openai.com/v1"),
  AI_OPENAI_MODEL: secret("Model of that API; needed with its key.").optional(),
  AI_OPENAI_PRICES: z
    .string()
    .regex(/^\d+(?:\.\d{1,6})?\/\d+(?:\.\d{1,6})?$/)
    .transform((pair) => {
      const [input = 0, output = 0] = pair.split("/").map((usd) => Math.round(Number(usd) * 1_000_000));
      return { inputMicro: input, outputMicro: output };
    })
    .optional()
    .describe("Its prices in US dollars for a million tokens, in/out, e.g. 0.2/1.2 (0/0 on a machine of yours)."),
  AI_PROVIDER_ORDER: z
    .string()
    .default("anthropic,openai")
    .transform((names) => names.split(",").map((name) => name.trim()))
    .pipe(z.array(z.enum(["anthropic", "openai"])).min(1))
    .describe("Which provider is asked first, and which when that one cannot."),
  AI_DAILY_BUDGET_MICRO_USD: budget("What all calls of a day may cost, in millionths of a US dollar.", 5_000_000),
  AI_USER_DAILY_BUDGET_MICRO_USD: budget("The same for one person.", 200_000),
  TRUSTED_PROXY_HOPS: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe("How many proxies in front append to X-Forwarded-For; 0 trusts the socket alone."),
  CLOUDFLARE_ZONE_ID: secret("Cloudflare zone whose CDN is told of invalidations; without it no CDN is.").optional(),
  CLOUDFLARE_API_TOKEN: secret("Cloudflare API token that may purge that zone's cache.").optional(),
  CLOUDFLARE_API_URL: url("Cloudflare's API.").default("https://api.cloudflare.com/client/v4"),
  OFFICE_HOURS_TIME_ZONE: z
    .string()
    .refine(isTimeZone, "not a time zone's IANA name")
    .default("UTC")
    .describe("Time zone whose 9 to 17 h get more attempts at outside calls, e.g. Europe/Berlin."),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Log level."),
  METRICS_TOKEN: secret("Bearer token of /api/metrics; without one nobody may read it.", 16).optional(),
  WORKER_METRICS_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe("Port on which the worker serves /api/metrics and /api/health; without one it serves nothing."),
  DEPLOY_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .default("home")
    .describe("Where this instance runs, e.g. fra1: what regions are counted by on /admin/health."),
  GRAFANA_DASHBOARD_URL: url(
    "A dashboard of your Grafana that operators may have shown on /admin/health; without one none is offered.",
  ).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(
    "OpenTelemetry collector (OTLP over HTTP); without one no spans go there.",
  ).optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^[^=,\s]+=[^,]*(?:,[^=,\s]+=[^,]*)*$/)
    .transform((list) =>
      Object.fromEntries(
        list.split(",").map((pair) => {
          const at = pair.indexOf("=");
          return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1).trim())];
        }),
      ),
    )
    .default({})
    .describe("Headers for the collector, name=value separated by commas, e.g. its key."),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("Share of new traces that are recorded, 0 to 1."),
  SENTRY_DSN: url("Sentry DSN: errors and spans go there; without one nothing is sent.").optional(),
  SENTRY_SPOTLIGHT: z
    .string()
    .transform((value) => (/^https?:/.test(value) ? value : /^(?:1|true|yes|on)$/i.test(value)))
    .optional()
    .describe("Development only: 1, or a URL, shows errors in a running Spotlight."),
});

export type ServerEnv = z.output<typeof serverEnvSchema>;

/** Thrown at boot; names every variable at fault and what it is for. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

/**
 * Reads and checks an environment.
 * @throws EnvError naming each missing or malformed variable and its purpose, never its value.
 */
export function parseServerEnv(source: Readonly<Record<string, string | undefined>>): ServerEnv {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = serverEnvSchema.safeParse(present);
  if (parsed.success) {
    const { AI_OPENAI_API_KEY: key, AI_OPENAI_MODEL: model, AI_OPENAI_PRICES: prices } = parsed.data;
    if (key && !(model && prices))
      throw new EnvError(
        "AI_OPENAI_API_KEY is set without AI_OPENAI_MODEL and AI_OPENAI_PRICES: calls without a price would have no budget, " +
          "so the server does not start.\nSee .env.example.",
      );
    const { GRAFANA_DASHBOARD_URL: dashboard, APP_URL: app } = parsed.data;
    if (dashboard && new URL(dashboard).origin === new URL(app).origin)
      throw new EnvError(
        "GRAFANA_DASHBOARD_URL is at the origin of APP_URL: in a frame it could do whatever our own pages may, so the server " +
          "does not start. Serve Grafana at an origin of its own.\nSee .env.example.",
      );
    return parsed.data;
  }
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const purpose = serverEnvSchema.shape[name as keyof ServerEnv]?.description ?? "";
    return `  ${name} is ${present[name] === undefined ? "missing" : `malformed (${issue.message})`}. ${purpose}`;
  });
  throw new EnvError(
    `The environment is not complete, so the server does not start:\n${lines.join("\n")}\nSee .env.example.`,
  );
}

/** Our own keys, which no pattern may know, to be hidden wherever they turn up. */
export function secretsOf(env: ServerEnv): (string | undefined)[] {
  return [
    env.SUPABASE_SECRET_KEY,
    env.UPSTASH_REDIS_REST_TOKEN,
    env.INNGEST_EVENT_KEY,
    env.INNGEST_SIGNING_KEY,
    env.GITHUB_CLIENT_SECRET,
    env.STRIPE_SECRET_KEY,
    ...env.STRIPE_WEBHOOK_SECRETS,
    env.RESEND_API_KEY,
    env.TOKEN_ENCRYPTION_KEY,
    env.LINK_SIGNING_KEY,
    env.TURNSTILE_SECRET_KEY,
    env.AI_ANTHROPIC_API_KEY,
    env.AI_OPENAI_API_KEY,
    env.METRICS_TOKEN,
    ...Object.values(env.OTEL_EXPORTER_OTLP_HEADERS),
  ];
}

let cached: ServerEnv | undefined;

/** The checked environment of this process. */
export function serverEnv(): ServerEnv {
  cached ??= parseServerEnv(process.env);
  return cached;
}
