import {
  bulkhead,
  DelegateBackoff,
  handleWhen,
  isBulkheadRejectedError,
  isTaskCancelledError,
  retry,
  timeout,
  TimeoutStrategy,
  type BulkheadPolicy,
  type IRetryBackoffContext,
  type TimeoutPolicy,
} from "cockatiel";
import { attemptsAt, delayAfter } from "./attempts";
import { Breaker, BreakerOpen } from "./breaker";
import { OutsideCallError, type GivenUpBecause } from "./errors";
import { readFailure, type Failure } from "./failure";
import type { Policy, PolicyName } from "./policies";

export interface CallContext {
  /** Aborted when the attempt runs out of time or the caller leaves: hand it to `fetch`. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

export interface CallOptions {
  /** The caller's own signal: waiting and calling end with it, and its reason is thrown. */
  readonly signal?: AbortSignal;
  /**
   * Whether the call may be made again although the service may have acted on it (default true: it is
   * idempotent by its nature or by a key). When false, only what certainly never arrived is repeated.
   */
  readonly repeatable?: boolean;
  /**
   * Which of several services under one policy is called, e.g. the git host: each has a breaker and a
   * bulkhead of its own. From a closed list only, for none is ever forgotten.
   */
  readonly target?: string;
}

/** What can be seen of each call; for metrics and logs. `service` is a policy's name, with its target if it has one. */
export interface GuardObserver {
  /** An attempt ended. `outcome` is `ok` or the kind of failure. */
  attempted?(service: string, outcome: "ok" | Failure["kind"], durationMs: number): void;
  /** Another attempt follows after `delayMs`. */
  retrying?(service: string, attempt: number, delayMs: number): void;
  /** A call was refused without being made. */
  rejected?(service: string, because: "circuit_open" | "too_many_calls"): void;
}

/**
 * Guards the calls to one outside service: retry round a bulkhead round a breaker round a time limit. A
 * call that has waited in the bulkhead's queue asks the breaker when its turn comes, not before.
 */
export class Guard {
  readonly breaker: Breaker;
  readonly #name: PolicyName;
  readonly #service: string;
  readonly #policy: Policy;
  readonly #bulkhead: BulkheadPolicy;
  readonly #timeout: TimeoutPolicy;
  readonly #timeZone: () => string;
  readonly #observer: () => Iterable<GuardObserver>;

  constructor(o: {
    name: PolicyName;
    service: string;
    policy: Policy;
    timeZone: () => string;
    observers: () => Iterable<GuardObserver>;
  }) {
    this.#name = o.name;
    this.#service = o.service;
    this.#policy = o.policy;
    this.#timeZone = o.timeZone;
    this.#observer = o.observers;
    this.breaker = new Breaker(o.policy.breaker, (error) =>
      ["unavailable", "timeout"].includes(readFailure(error).kind),
    );
    this.#bulkhead = bulkhead(o.policy.bulkhead.concurrent, o.policy.bulkhead.queued);
    // abortOnReturn would cut off a response body that is still being read.
    this.#timeout = timeout(o.policy.timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
  }

  /** How many calls run, how many wait, and how many may run at once. */
  get load(): { readonly running: number; readonly waiting: number; readonly limit: number } {
    const { concurrent, queued } = this.#policy.bulkhead;
    return {
      running: concurrent - this.#bulkhead.executionSlots,
      waiting: queued - this.#bulkhead.queueSlots,
      limit: concurrent,
    };
  }

  /**
   * Makes a call under the policy.
   * @throws OutsideCallError naming attempts and cause, when it was given up; a refusal (4xx other than
   *   the policy's repeated ones, a decline), a defect and the caller's own abort are thrown as they came
   */
  async run<T>(call: (context: CallContext) => Promise<T>, options: CallOptions = {}): Promise<T> {
    options.signal?.throwIfAborted();
    const state = { attempts: 0, last: undefined as unknown };
    const attempts = attemptsAt(this.#policy.attempts, new Date(), this.#timeZone);
    let limit: AbortSignal | undefined;
    const retrying = retry(
      handleWhen((error) => !limit?.aborted && this.#mayRepeat(error, options)),
      {
        maxAttempts: attempts - 1,
        backoff: new DelegateBackoff(({ attempt, result }: IRetryBackoffContext<unknown>) =>
          this.#delay(attempt, "error" in result ? result.error : undefined),
        ),
      },
    );
    retrying.onRetry(({ attempt, delay }) =>
      this.#tell((observer) => observer.retrying?.(this.#service, attempt, delay)),
    );
    const work =
      this.#policy.scope === "call"
        ? this.#bulkhead.execute(() =>
            this.breaker.execute(() =>
              this.#within(options, (signal) => {
                limit = signal;
                return retrying.execute(() => this.#attempt(call, options, state, signal));
              }),
            ),
          )
        : retrying.execute(() =>
            this.#bulkhead.execute(() => this.breaker.execute(() => this.#attempt(call, options, state))),
          );
    try {
      return await untilAborted(work, options.signal);
    } catch (error) {
      throw this.#final(error, state, options);
    }
  }

  /** @param whole the limit of all attempts together, under a policy whose scope is the call */
  async #attempt<T>(
    call: (context: CallContext) => Promise<T>,
    options: CallOptions,
    state: { attempts: number; last: unknown },
    whole?: AbortSignal,
  ): Promise<T> {
    options.signal?.throwIfAborted();
    whole?.throwIfAborted();
    state.attempts += 1;
    const attempt = state.attempts;
    const start = performance.now();
    try {
      const value = await (whole
        ? call({ signal: whole, attempt })
        : this.#within(options, (signal) => call({ signal, attempt })));
      this.#tell((observer) => observer.attempted?.(this.#service, "ok", performance.now() - start));
      return value;
    } catch (error) {
      if (error instanceof Aborted) {
        this.#tell((observer) => observer.attempted?.(this.#service, "aborted", performance.now() - start));
        throw error;
      }
      state.last = error;
      this.#tell((observer) => observer.attempted?.(this.#service, readFailure(error).kind, performance.now() - start));
      throw error;
    }
  }

  /** Holds work to the policy's time limit. @throws AttemptTimedOut; Aborted when the caller left */
  async #within<T>(options: CallOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let limit: AbortSignal | undefined;
    try {
      return await this.#timeout.execute(({ signal }) => {
        limit = signal;
        return work(signal);
      }, options.signal);
    } catch (thrown) {
      // cockatiel words the caller's abort as a time-out too; only the caller's own signal tells them apart.
      if (options.signal?.aborted) throw new Aborted(options.signal.reason);
      throw limit?.aborted && isCutOff(thrown) ? new AttemptTimedOut(this.#policy.timeoutMs) : thrown;
    }
  }

  #mayRepeat(error: unknown, options: CallOptions): boolean {
    if (
      options.signal?.aborted ||
      error instanceof BreakerOpen ||
      error instanceof Aborted ||
      isBulkheadRejected(error)
    )
      return false;
    const { kind, status, retryAfterMs, neverSent } = readFailure(error);
    // Sooner than asked would not honour Retry-After, and later than the cap nobody waits for.
    if (retryAfterMs !== undefined && retryAfterMs > this.#policy.maxDelayMs) return false;
    if (kind === "refused") return this.#policy.repeatedRefusals.some((repeated) => repeated === status);
    if (kind === "unavailable" || kind === "timeout") return options.repeatable !== false || neverSent;
    return false;
  }

  #delay(attempt: number, error: unknown): number {
    return Math.max(delayAfter(attempt, this.#policy, Math.random()), readFailure(error).retryAfterMs ?? 0);
  }

  #final(error: unknown, state: { attempts: number; last: unknown }, options: CallOptions): unknown {
    if (error instanceof Aborted) return error.reason;
    if (options.signal?.aborted) return options.signal.reason;
    const give = (because: GivenUpBecause, cause: unknown, retryAfterMs?: number) =>
      new OutsideCallError({
        policy: this.#name,
        service: this.#service,
        because,
        attempts: state.attempts,
        retryAfterMs,
        cause,
      });
    if (error instanceof BreakerOpen) {
      this.#tell((observer) => observer.rejected?.(this.#service, "circuit_open"));
      return give("circuit_open", state.last ?? error, error.retryAfterMs);
    }
    if (isBulkheadRejected(error)) {
      this.#tell((observer) => observer.rejected?.(this.#service, "too_many_calls"));
      return give("too_many_calls", state.last ?? error, 1_000);
    }
    const { kind, status, retryAfterMs } = readFailure(error);
    if (kind === "timeout") return give("timeout", error, retryAfterMs);
    if (kind === "unavailable") return give("failed", error, retryAfterMs);
    const repeated = this.#policy.repeatedRefusals.some((refusal) => refusal === status);
    return kind === "refused" && repeated ? give("busy", error, retryAfterMs) : error;
  }

  #tell(what: (observer: GuardObserver) => void): void {
    for (const observer of this.#observer()) what(observer);
  }
}

/** Carries the caller's reason past the policies, which would otherwise judge it. */
class Aborted extends Error {
  override readonly name = "AbortError";
  readonly reason: unknown;

  constructor(reason: unknown) {
    super("the caller left");
    this.reason = reason;
  }
}

class AttemptTimedOut extends Error {
  override readonly name = "TimeoutError";

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
  }
}

/** Whichever came first when time ran out: cockatiel's own error, or the call's that saw its signal abort. */
function isCutOff(error: unknown): boolean {
  return error instanceof Error && (isTaskCancelledError(error) || readFailure(error).kind === "aborted");
}

function isBulkheadRejected(error: unknown): error is Error {
  return error instanceof Error && isBulkheadRejectedError(error);
}

/** Neither cockatiel's delay between attempts nor its queue ends with the caller's signal; this does. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(new Aborted(signal.reason));
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
