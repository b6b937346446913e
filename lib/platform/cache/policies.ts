/** How long one kind of value is kept, and where. All durations are milliseconds. */
export interface CachePolicy {
  /** Grows when the stored shape changes: a new version never reads the old one's entries. */
  readonly version: number;
  /** Fresh in this process's memory. */
  readonly memoryMs: number;
  /** Fresh in Redis, and altogether. */
  readonly redisMs: number;
  /** Fresh at the CDN; 0 where an answer is for one person alone. */
  readonly cdnMs: number;
  /** How much longer a value is kept to be served, marked as stale, while its source is down. */
  readonly staleMs: number;
  /** Whether that holds for a value that was invalidated: the last known totals may be shown, old rights may not. */
  readonly staleAfterInvalidation: boolean;
  /** How long a load may take; others wait that long for it. */
  readonly loadTimeoutMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Entries that one process keeps in memory, over all caches. */
export const MEMORY_ENTRIES = 1_000;

const PUBLIC: CachePolicy = {
  version: 1,
  memoryMs: MINUTE,
  redisMs: HOUR,
  cdnMs: DAY,
  staleMs: DAY,
  staleAfterInvalidation: true,
  loadTimeoutMs: 10_000,
};

/** Every cache of the product. */
export const CACHES = {
  campaign: PUBLIC,
  "campaign-totals": PUBLIC,
  track: PUBLIC,
  // For one person alone: never at the CDN, and never believed once it was invalidated.
  analysis: { ...PUBLIC, cdnMs: 0, staleAfterInvalidation: false },
  profile: { ...PUBLIC, cdnMs: 0, staleAfterInvalidation: false },
  /** Exercises as they are put to learners; short, because a deployment may bring new ones. */
  "learning-item": { ...PUBLIC, memoryMs: 5 * MINUTE, redisMs: 5 * MINUTE, cdnMs: 0 },
  /** What is known of a learner where a session starts. */
  "learning-context": { ...PUBLIC, redisMs: 5 * MINUTE, cdnMs: 0, staleAfterInvalidation: false },
} as const satisfies Record<string, CachePolicy>;

export type CacheName = keyof typeof CACHES;
