import "server-only";
import { Redis } from "@upstash/redis";
import { serverEnv } from "@/lib/env/server";
import { resilience } from "@/lib/platform/resilience/resilience";
import { outsideCall } from "@/lib/platform/telemetry/outside";

/** Redis is a shortcut: a call that takes longer than this is worth less than going on without it. */
const TIMEOUT_MS = 1_000;

let client: Redis | undefined;

/**
 * The one Redis client of this process. Redis is never the source of truth and may be away: every
 * caller survives a failed call and goes on without it.
 *
 * A call ends within one second, with one retry of a connection that broke (an idle one that the
 * other side has closed); it then throws `TimeoutError`, fetch's `TypeError`, or `UpstashError` for
 * what Redis or the service in front of it refused.
 */
export function redis(): Redis {
  client ??= connect();
  return client;
}

function connect(): Redis {
  const env = serverEnv();
  const made = observed(
    new Redis({
      url: env.UPSTASH_REDIS_REST_URL,
      token: env.UPSTASH_REDIS_REST_TOKEN,
      retry: { retries: 1, backoff: () => 50 },
      signal: () => AbortSignal.timeout(TIMEOUT_MS),
      enableTelemetry: false,
    }),
  );
  resilience().pingWith("redis", async () => void (await made.ping()));
  return made;
}

/** Each command as an outside call; a pipeline or transaction is one. Keys and values stay out of it. */
function observed(redis: Redis): Redis {
  redis.use((request, next) =>
    outsideCall({ service: "redis", operation: commandOf(request.body) }, () => next(request)),
  );
  return redis;
}

function commandOf(body: unknown): string {
  const first: unknown = Array.isArray(body) ? body[0] : undefined;
  return typeof first === "string" ? first.toLowerCase() : "pipeline";
}
