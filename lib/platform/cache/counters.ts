/** What the cache did, since this process began; each name is one thing that a dashboard may draw. */
export type CacheCount =
  | "memory_hit"
  | "memory_miss"
  | "redis_hit"
  | "redis_miss"
  | "redis_failed"
  | "source_loaded"
  | "source_failed"
  | "stale_served"
  | "joined"
  | "waited_for_lock"
  | "late_write_refused"
  | "invalidated"
  | "invalidation_owed";

/** Told of each count as it happens; where metrics hook in. */
export type CountListener = (count: CacheCount, by: number) => void;

export class CacheCounters {
  readonly #counts = new Map<CacheCount, number>();
  readonly #listener: CountListener | undefined;

  constructor(listener?: CountListener) {
    this.#listener = listener;
  }

  add(count: CacheCount, by = 1): void {
    this.#counts.set(count, (this.#counts.get(count) ?? 0) + by);
    this.#listener?.(count, by);
  }

  /** How often; what never happened is 0. */
  of(count: CacheCount): number {
    return this.#counts.get(count) ?? 0;
  }

  all(): Readonly<Partial<Record<CacheCount, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
