import type { Verdict } from "./memory";
import type { RatePolicy } from "./policies";

/** What one policy said of a call. */
export interface Counted {
  readonly name: string;
  readonly policy: RatePolicy;
  readonly verdict: Verdict;
}

/** Whole seconds until the window is over, at least one. */
export function secondsLeft(verdict: Verdict, now: number = Date.now()): number {
  return Math.max(1, Math.ceil((verdict.resetAt - now) / 1000));
}

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-10: structured-field lists with one item for each
 * policy that counted the call. `q` calls in `w` seconds; `r` left, more of them in `t` seconds.
 */
export function rateHeaders(counted: readonly Counted[], now: number = Date.now()): Record<string, string> {
  if (counted.length === 0) return {};
  const remaining = ({ verdict }: Counted): number => (verdict.allowed ? verdict.remaining : 0);
  return {
    "RateLimit-Policy": counted
      .map(({ name, policy }) => `"${name}";q=${policy.limit};w=${policy.windowSeconds}`)
      .join(", "),
    RateLimit: counted.map((one) => `"${one.name}";r=${remaining(one)};t=${secondsLeft(one.verdict, now)}`).join(", "),
  };
}
