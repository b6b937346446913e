import type { PolicyName } from "./policies";

/** Why a guarded call was given up. */
export type GivenUpBecause = "failed" | "timeout" | "busy" | "circuit_open" | "too_many_calls";

const WORDS: Record<GivenUpBecause, string> = {
  failed: "failed",
  timeout: "did not answer in time",
  busy: "was too busy",
  circuit_open: "is taken to be down, so it was not asked",
  too_many_calls: "has too many calls waiting, so it was not asked",
};

/**
 * A call to an outside service was given up. The message is for logs; what people read is written by
 * whoever made the call.
 */
export class OutsideCallError extends Error {
  override readonly name = "OutsideCallError";
  readonly policy: PolicyName;
  readonly because: GivenUpBecause;
  /** How often the service was really called. */
  readonly attempts: number;
  /** When another try makes sense, if that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(o: {
    policy: PolicyName;
    service: string;
    because: GivenUpBecause;
    attempts: number;
    retryAfterMs?: number | undefined;
    cause?: unknown;
  }) {
    const times = o.attempts === 1 ? "1 attempt" : `${o.attempts} attempts`;
    const cause = o.cause instanceof Error ? `: ${o.cause.message}` : "";
    super(`${o.service} ${WORDS[o.because]} (${times})${cause}`, { cause: o.cause });
    this.policy = o.policy;
    this.because = o.because;
    this.attempts = o.attempts;
    this.retryAfterSeconds = o.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(o.retryAfterMs / 1000));
  }
}
