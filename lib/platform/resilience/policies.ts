/** More attempts while people are at work and somebody can act; fewer at night. */
export interface OfficeHoursAttempts {
  /** Hours of the day, `from` inclusive, `to` exclusive, in the time zone that {@link attemptsAt} is given. */
  readonly from: number;
  readonly to: number;
  /** Attempts inside these hours. */
  readonly within: number;
  /** Attempts at any other time. */
  readonly otherwise: number;
}

/** How calls to one outside service are guarded. All durations are milliseconds. */
export interface Policy {
  /** How long one attempt may take; with scope `call`, how long all of them and the waits between may. */
  readonly timeoutMs: number;
  /** What the time limit and the breaker see: each attempt (when absent), or the call with all its attempts. */
  readonly scope?: "call";
  /** Attempts in all, the first included. */
  readonly attempts: number | OfficeHoursAttempts;
  /** Delay before the second attempt; doubles each time, is multiplied by 0.5 to 1.0, never exceeds `maxDelayMs`. */
  readonly firstDelayMs: number;
  /** Longest wait between two attempts. A `Retry-After` beyond it ends the attempts instead. */
  readonly maxDelayMs: number;
  /** The 4xx statuses that are worth another attempt; every other 4xx never is. */
  readonly repeatedRefusals: readonly (409 | 429)[];
  readonly breaker: BreakerPolicy;
  /** Calls that run at once in this process, and how many more may wait for their turn. */
  readonly bulkhead: { readonly concurrent: number; readonly queued: number };
}

export interface BreakerPolicy {
  /** Consecutive failures that open it. */
  readonly failures: number;
  /** How long it stays open before calls are let through on trial. */
  readonly openMs: number;
  /** Successes, while on trial, that close it. */
  readonly successes: number;
  /**
   * While it is open callers are refused, but the service is pinged for them, this often at most; the first ping
   * that is answered begins the trial before `openMs` is over. Without it, or without a ping, only time does.
   */
  readonly pingMs?: number;
}

/** Five attempts from 9 to 17 h, else three. UTC unless `OFFICE_HOURS_TIME_ZONE` names another zone. */
export const OFFICE_HOURS: OfficeHoursAttempts = { from: 9, to: 17, within: 5, otherwise: 3 };

const BREAKER: BreakerPolicy = { failures: 5, openMs: 60_000, successes: 3 };

/**
 * Our own stores are close by and come back in seconds: a minute of refusing them would turn a restart of
 * Postgres into a minute of 503. A ping costs them nothing and ends the minute.
 */
const STORE_BREAKER: BreakerPolicy = { ...BREAKER, pingMs: 1_000 };

const RETRY = { attempts: 3, firstDelayMs: 1_000, maxDelayMs: 30_000, repeatedRefusals: [409, 429] } as const;

/** Every outside service and how calls to it are guarded. */
export const POLICIES = {
  stripe: { ...RETRY, timeoutMs: 20_000, breaker: BREAKER, bulkhead: { concurrent: 25, queued: 200 } },
  github: { ...RETRY, timeoutMs: 10_000, breaker: BREAKER, bulkhead: { concurrent: 20, queued: 100 } },
  // Breaker round a time limit round three attempts: a clone that has not come in half a minute will not come.
  "git-clone": {
    ...RETRY,
    scope: "call",
    timeoutMs: 30_000,
    breaker: BREAKER,
    bulkhead: { concurrent: 4, queued: 50 },
  },
  ai: {
    ...RETRY,
    attempts: OFFICE_HOURS,
    timeoutMs: 60_000,
    breaker: BREAKER,
    bulkhead: { concurrent: 10, queued: 50 },
  },
  // Asked by a workflow that nobody waits for with open eyes: many small reads, a few at once.
  osv: { ...RETRY, timeoutMs: 15_000, breaker: BREAKER, bulkhead: { concurrent: 6, queued: 500 } },
  mail: { ...RETRY, timeoutMs: 10_000, breaker: BREAKER, bulkhead: { concurrent: 10, queued: 200 } },
  cdn: { ...RETRY, timeoutMs: 5_000, breaker: BREAKER, bulkhead: { concurrent: 5, queued: 500 } },
  // A cache that is asked twice is slower than none: one attempt, and the caller goes on without it.
  redis: {
    ...RETRY,
    attempts: 1,
    timeoutMs: 500,
    breaker: STORE_BREAKER,
    bulkhead: { concurrent: 200, queued: 1_000 },
  },
  // A refusal by our own database is an answer (409 conflict). Reads are repeated, writes only when they never arrived.
  supabase: {
    ...RETRY,
    repeatedRefusals: [],
    timeoutMs: 8_000,
    breaker: STORE_BREAKER,
    bulkhead: { concurrent: 100, queued: 1_000 },
  },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;
