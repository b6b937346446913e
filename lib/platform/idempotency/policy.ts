/** What an answer means for the key that it was given under. */
export type AnswerMeaning =
  /** The end: it is stored, and replayed from then on. */
  | "final"
  /** The work is not over: the next call with the key drives it on from its recovery point. */
  | "drive_on"
  /** The work was not let in: the key can be claimed again, as if it were new. */
  | "reopen";

export interface IdempotencyPolicy {
  /** How long one process may work before another may take over, in seconds; each `advance` renews it. */
  readonly leaseSeconds: number;
  /** Statuses that do not end the work; every other one is final. */
  readonly driveOn: readonly number[];
  readonly reopen: readonly number[];
  /** The status of a replay where it differs from the first one's. */
  readonly replayedAs: Readonly<Record<number, number>>;
}

/** How long a replay is served from Redis, in seconds. Postgres, the truth, keeps answers for 72 hours. */
export const FAST_PATH_SECONDS = 24 * 60 * 60;

/** What happens under each kind of key. A room with other rules adds a row. */
export const IDEMPOTENCY_POLICIES = {
  /** A call that makes something: 201 first, 200 with its present state when replayed. */
  create: {
    leaseSeconds: 30,
    driveOn: [202, 500, 502, 503, 504],
    reopen: [400, 401, 403, 408, 425, 429],
    replayedAs: { 201: 200 },
  },
} as const satisfies Record<string, IdempotencyPolicy>;

export function meaningOf(status: number, policy: IdempotencyPolicy): AnswerMeaning {
  if (policy.driveOn.includes(status)) return "drive_on";
  return policy.reopen.includes(status) ? "reopen" : "final";
}
