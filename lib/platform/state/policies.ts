/** How long copies of one kind of state are believed. Durations are milliseconds. */
export interface StatePolicy {
  /** In this process. */
  readonly memoryMs: number;
  /** In Redis. */
  readonly redisMs: number;
}

const COPIES: StatePolicy = { memoryMs: 60_000, redisMs: 3_600_000 };

/** Every kind of shared state. Names are part of the table's key and of Redis keys. */
export const STATES = {
  /** Where a learner stands in a session: several tabs and the session's workflow change it. */
  "learning-session": COPIES,
  /** What is believed about a learner's patterns: each analysis and each answer changes it. */
  "pattern-space": COPIES,
} as const satisfies Record<string, StatePolicy>;

export type StateScope = keyof typeof STATES;

/** How a write that met somebody else's is tried again. */
export const RETRY = { retries: 5, firstDelayMs: 20 } as const;

/** Copies in the memory of one process, of all scopes together; the one not used for longest goes first. */
export const MEMORY_ENTRIES = 1_000;

/** What other processes wrote is seen here after this long at the latest, while Redis answers. */
export const LOOK_EVERY_MS = 1_000;

/** Longer than any write is under way: until then nobody keeps a copy of what it replaces. */
export const FLOOR_MS = 60_000;
