import type { RatePolicy } from "./policies";

export interface Verdict {
  readonly allowed: boolean;
  readonly remaining: number;
  /** When the window is over, in ms since 1970. */
  readonly resetAt: number;
}

interface Window {
  /** Number of the window since 1970. */
  readonly index: number;
  readonly count: number;
  readonly previous: number;
}

/** Beyond this many keys the oldest are forgotten, so that a flood of addresses cannot fill memory. */
const MAX_KEYS = 50_000;

/**
 * The limiter of this process, for when Redis is out: the same sliding window (this window's count plus
 * the part of the last one that still overlaps), so an outage loosens limits by the number of
 * processes and no more.
 */
export class MemoryLimiter {
  readonly #windows = new Map<string, Window>();

  /** Counts one call. `now` in ms since 1970. */
  take(key: string, policy: RatePolicy, now: number): Verdict {
    const length = policy.windowSeconds * 1000;
    const index = Math.floor(now / length);
    const known = this.#windows.get(key);
    const previous = known?.index === index ? known.previous : known?.index === index - 1 ? known.count : 0;
    const count = known?.index === index ? known.count : 0;
    const overlap = 1 - (now % length) / length;
    const used = count + previous * overlap;
    const resetAt = (index + 1) * length;
    this.#windows.delete(key);
    const allowed = used + 1 <= policy.limit;
    this.#windows.set(key, { index, count: allowed ? count + 1 : count, previous });
    if (this.#windows.size > MAX_KEYS)
      for (const oldest of this.#windows.keys()) {
        this.#windows.delete(oldest);
        break;
      }
    return { allowed, remaining: Math.max(0, Math.floor(policy.limit - used - (allowed ? 1 : 0))), resetAt };
  }
}
