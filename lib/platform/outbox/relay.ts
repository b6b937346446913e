import type { DrainReport } from "./drain.ts";
import { OUTBOX } from "./policy.ts";

export interface RelayOptions {
  readonly drain: (signal: AbortSignal | undefined) => Promise<DrainReport>;
  /** Told when a drain threw; the relay goes on. */
  readonly onError: (error: unknown, failures: number, waitMs: number) => void;
  readonly pollMs?: number;
  readonly shareMs?: number;
}

/** The relay of one process: one drain at a time, whoever asks for it, and the worker's loop. */
export class Relay {
  readonly #options: RelayOptions;
  #current: Promise<DrainReport> | undefined;
  #next: Promise<DrainReport> | undefined;
  #shared: Promise<DrainReport> | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;
  #endPause: (() => void) | undefined;
  #woken = false;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /**
   * Drains; all that was committed before the call is seen. Calls that come while a drain runs share the
   * one that begins after it, so that a thousand requests do not drain a thousand times.
   */
  drain(signal?: AbortSignal): Promise<DrainReport> {
    if (this.#next) return this.#next;
    if (!this.#current) return this.#begin(signal);
    const follow = (): Promise<DrainReport> => this.#follow(signal);
    this.#next = this.#current.then(follow, follow);
    return this.#next;
  }

  /**
   * Drains at once when none has begun for a while, otherwise when that while is over, together with all who ask meanwhile: a busy
   * process looks twenty times a second and not after each request.
   */
  share(): Promise<DrainReport> {
    if (this.#shared) return this.#shared;
    const waitMs = this.#begunAt + (this.#options.shareMs ?? OUTBOX.shareMs) - performance.now();
    if (waitMs <= 0) return this.drain();
    this.#shared = new Promise<void>((resolve) => setTimeout(resolve, waitMs)).then(() => {
      this.#shared = undefined;
      return this.drain();
    });
    return this.#shared;
  }

  /** Ends the pause of {@link run}: something was just committed here. Nothing happens where no loop runs. */
  wake(): void {
    this.#woken = true;
    this.#endPause?.();
  }

  /** Drains whenever it is woken, and every 100 ms; while that fails, more and more seldom. Ends with `signal`. */
  async run(signal: AbortSignal): Promise<void> {
    const pollMs = this.#options.pollMs ?? OUTBOX.pollMs;
    let failures = 0;
    while (!signal.aborted) {
      const begun = performance.now();
      this.#woken = false;
      try {
        const { outage } = await this.drain(signal);
        failures = outage ? failures + 1 : 0;
      } catch (error) {
        failures += 1;
        this.#options.onError(error, failures, backOff(failures, pollMs));
      }
      if (failures > 0) await this.#pause(backOff(failures, pollMs), signal, false);
      else await this.#pause(pollMs - (performance.now() - begun), signal, true);
    }
  }

  #follow(signal: AbortSignal | undefined): Promise<DrainReport> {
    this.#next = undefined;
    return this.#begin(signal);
  }

  #begin(signal: AbortSignal | undefined): Promise<DrainReport> {
    this.#begunAt = performance.now();
    const drain = this.#options.drain(signal).finally(() => {
      if (this.#current === drain) this.#current = undefined;
    });
    this.#current = drain;
    return drain;
  }

  /** While nobody can be reached a commit is no reason to ask sooner. */
  #pause(ms: number, signal: AbortSignal, wakeable: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (ms <= 0 || signal.aborted || (wakeable && this.#woken)) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done, { once: true });
      if (wakeable) this.#endPause = done;
    });
  }
}

const backOff = (failures: number, pollMs: number): number =>
  Math.min(OUTBOX.longestPauseMs, pollMs * 2 ** Math.min(failures, 20));
