import { redis } from "@/lib/platform/redis/client";
import { log } from "@/lib/platform/telemetry/log";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { RateLimiter, type RateCount } from "./limiter";
import { limitTables } from "./store";

/** Next has several module graphs in a process; what one of them counted, all have. */
const KEY = Symbol.for("devmentor.rate-limits");
const place = globalThis as { [KEY]?: RateLimiter };

function limiter(): RateLimiter {
  return (place[KEY] ??= new RateLimiter({
    redis,
    tables: limitTables,
    onCount: (policy, outcome, by) => metrics().limited(policy, outcome, by),
    log,
  }));
}

/**
 * Counts a call against each policy, in order, and refuses it at the first that is used up. When Redis does not answer
 * within 400 ms, the policy says who counts instead (Postgres within a second); it never lets everything through.
 * @returns `RateLimit` and `RateLimit-Policy` headers for the answer
 * @throws AppError `rate_limited` with `Retry-After` and those headers; `forbidden` for whom an operator has shut out
 */
export function limit(...counts: readonly [RateCount, ...RateCount[]]): Promise<Record<string, string>> {
  return limiter().limit(counts);
}
