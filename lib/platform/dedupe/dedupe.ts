interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  /** Callers that still wait. */
  waiting: number;
}

export interface ShareOptions {
  /** The caller's own signal: only that caller leaves. */
  readonly signal?: AbortSignal;
}

/**
 * Shares work that is under way: callers who ask for the same key while it runs get the same result.
 * Nothing is kept afterwards, so a failure is shared by those who waited and then forgotten: the next
 * caller tries again.
 *
 * A caller who aborts leaves alone and gets their own signal's reason; the others go on. The work's
 * signal is aborted once the last one has left, and whoever asks after that starts anew.
 */
export class Dedupe<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** How many keys are under way. */
  get size(): number {
    return this.#flights.size;
  }

  /**
   * Joins the work for `key`, or starts it.
   * @param work gets a signal that is aborted when nobody waits any more
   * @throws whatever the work throws, or the reason of the caller's own signal
   */
  async share(key: string, work: (signal: AbortSignal) => Promise<T>, options: ShareOptions = {}): Promise<T> {
    options.signal?.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#start(key, work);
    flight.waiting += 1;
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = () => reject(options.signal?.reason);
    options.signal?.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([flight.result, left]);
    } finally {
      options.signal?.removeEventListener("abort", leave);
      flight.waiting -= 1;
      if (flight.waiting === 0) this.#end(key, flight);
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    // As a task of its own, so that work which throws at once fails like any other.
    const result = Promise.resolve().then(() => work(controller.signal));
    const flight: Flight<T> = { result, controller, waiting: 0 };
    this.#flights.set(key, flight);
    const forget = () => this.#forget(key, flight);
    result.then(forget, forget);
    return flight;
  }

  /** Nobody waits: what still runs is told to stop, and is joined by nobody. */
  #end(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) !== flight) return;
    this.#forget(key, flight);
    flight.controller.abort(new DOMException("nobody waits for this any more", "AbortError"));
  }

  #forget(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
