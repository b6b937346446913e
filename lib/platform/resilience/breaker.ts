import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
  type IBackoff,
  type IBackoffFactory,
} from "cockatiel";
import type { BreakerPolicy } from "./policies";

export type BreakerState = "closed" | "open" | "half_open";

export interface BreakerChange {
  readonly state: BreakerState;
  readonly at: Date;
  /** The failure that opened it. */
  readonly cause: unknown;
}

/** Thrown instead of calling while the breaker is open, or on trial with all its trials under way. */
export class BreakerOpen extends Error {
  override readonly name = "BreakerOpen";
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super("the circuit breaker is open");
    this.retryAfterMs = retryAfterMs;
  }
}

interface Trial {
  /** The half-open period it belongs to. */
  readonly period: number;
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * A circuit breaker on cockatiel's, which differs in two things. While half-open cockatiel counts an
 * error that it does not handle (a 4xx, a caller who left) as a success, and makes further callers wait;
 * here such a trial counts for nothing and its place goes to the next caller, and whoever finds all
 * places taken is refused at once.
 */
export class Breaker {
  readonly #policy: CircuitBreakerPolicy;
  /** Rejects while the service does not answer. */
  #ping: (() => Promise<void>) | undefined;
  #pingedAt = Number.NEGATIVE_INFINITY;
  /** A ping was answered since it opened: the wait is over. */
  #answered = false;
  readonly #settings: BreakerPolicy;
  readonly #counts: (error: unknown) => boolean;
  readonly #listeners = new Set<(change: BreakerChange) => void>();
  /** Grows with each change of state. */
  #period = 0;
  /** Trials handed out since it was last half-open. */
  #trials = 0;
  /** Places whose caller's outcome said nothing. */
  #vacant: Trial[] = [];
  #openedAt: number | undefined;

  /** @param counts whether an error says that the service is unwell */
  constructor(settings: BreakerPolicy, counts: (error: unknown) => boolean) {
    this.#settings = settings;
    this.#counts = counts;
    const openFor = () => (this.#answered ? 0 : settings.openMs);
    const wait: IBackoff<unknown> & IBackoffFactory<unknown> = {
      // Read by cockatiel at each call that finds it open.
      get duration() {
        return openFor();
      },
      next: () => wait,
    };
    this.#policy = circuitBreaker(handleWhen(counts), {
      breaker: new ConsecutiveBreaker(settings.failures),
      halfOpenAfter: wait,
      halfOpenSampling: { calls: settings.successes, threshold: 0 },
    });
    this.#policy.onStateChange((state) => this.#changed(state));
  }

  get state(): BreakerState {
    const { state } = this.#policy;
    return state === CircuitState.Closed ? "closed" : state === CircuitState.HalfOpen ? "half_open" : "open";
  }

  /** When it last opened, until it closes again. */
  get openedAt(): Date | undefined {
    return this.#openedAt === undefined ? undefined : new Date(this.#openedAt);
  }

  /** @returns a function that ends the listening */
  onChange(listener: (change: BreakerChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param ping asks the service for a sign of life, within a time limit of its own; see {@link BreakerPolicy.pingMs} */
  pingWith(ping: () => Promise<void>): void {
    this.#ping = ping;
  }

  /**
   * Calls when the breaker lets calls through.
   * @throws BreakerOpen when it does not; otherwise whatever the call throws
   */
  async execute<T>(call: () => Promise<T>): Promise<T> {
    if (this.#policy.state === CircuitState.Closed) return this.#policy.execute(call);
    if (this.#policy.state === CircuitState.Open) this.#pingNow();
    const trial = this.#enterTrial();
    try {
      const value = await call();
      trial.succeed();
      return value;
    } catch (error) {
      if (this.#counts(error)) trial.fail(error);
      else if (trial.period === this.#period) this.#vacant.push(trial);
      throw error;
    }
  }

  /** Asks in the background; the caller that gave the occasion is refused all the same. */
  #pingNow(): void {
    const { pingMs } = this.#settings;
    if (!this.#ping || pingMs === undefined || this.#answered || Date.now() - this.#pingedAt < pingMs) return;
    this.#pingedAt = Date.now();
    const period = this.#period;
    this.#ping().then(
      () => {
        if (period === this.#period) this.#answered = true;
      },
      // Still away, which is what an open breaker says.
      () => undefined,
    );
  }

  #enterTrial(): Trial {
    const vacant = this.#vacant.pop();
    if (vacant) return vacant;
    if (this.#policy.state === CircuitState.HalfOpen && this.#trials >= this.#settings.successes)
      throw new BreakerOpen(1_000);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let admitted = false;
    const sample = this.#policy.execute(() => {
      admitted = true;
      return promise;
    });
    // The caller learns of the outcome from its own call; this promise only tells cockatiel.
    sample.catch(() => undefined);
    if (!admitted) throw new BreakerOpen(this.#remainingMs());
    this.#trials += 1;
    return { period: this.#period, succeed: resolve, fail: reject };
  }

  #remainingMs(): number {
    const { openMs, pingMs } = this.#settings;
    const left = Math.max(0, (this.#openedAt ?? 0) + openMs - Date.now());
    // Where pings may end it early, it is worth coming back for the next one.
    return this.#ping && pingMs !== undefined ? Math.min(left, pingMs) : left;
  }

  #changed(state: CircuitState): void {
    // Places of a trial period that is over are answered, so that nothing waits for them.
    for (const trial of this.#vacant) trial.succeed();
    this.#vacant = [];
    this.#trials = 0;
    this.#period += 1;
    this.#answered = false;
    if (state === CircuitState.Open) this.#openedAt = Date.now();
    if (state === CircuitState.Closed) this.#openedAt = undefined;
    const failure = this.#policy.lastFailure;
    const cause = failure && "error" in failure ? failure.error : undefined;
    for (const listener of this.#listeners) listener({ state: this.state, at: new Date(), cause });
  }
}
