export type Tier = "memory" | "redis";

export interface Cached<T> {
  /** Frozen: every caller of this process gets the same object. */
  readonly value: T;
  readonly from: Tier | "source";
  /** Milliseconds since the source gave it. */
  readonly ageMs: number;
  /** It is past its time or was invalidated, and is served because its source is down. */
  readonly stale: boolean;
}
