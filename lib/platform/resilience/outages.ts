import type { OutsideChange, Resilience } from "./resilience";
import type { OutageStore } from "./store";

/** An outage that no process confirms (by finding its breaker open again) for this long has lost its witnesses. */
const UNCONFIRMED_SECONDS = 300;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** Reports that wait for the database; beyond it the oldest are let go, and the log says so. */
const MAX_WAITING = 100;

type Report =
  | { readonly kind: "opened"; readonly cause: string; readonly at: Date }
  | { readonly kind: "recovered"; readonly at: Date; readonly unconfirmedSeconds: number };

interface RecorderOptions {
  readonly resilience: Resilience;
  readonly store: OutageStore;
  readonly log: { warn(details: object, message: string): void };
}

/**
 * Records each outage that this process's breakers notice, and its end. The database makes it one for
 * all processes; while the database itself is out, reports wait here and are sent when it is back, with
 * the times at which things happened. The first success of a process's life ends an outage that a dead
 * process has left open.
 *
 * @returns `stop` ends the recording; `settled` resolves once every report so far has been taken
 */
export function recordOutages(options: RecorderOptions): { stop(): void; settled(): Promise<void> } {
  const queues = new Map<string, ReportQueue>();
  const queueOf = (service: string): ReportQueue => {
    const queue = queues.get(service) ?? new ReportQueue(service, options);
    queues.set(service, queue);
    return queue;
  };
  const answered = new Set<string>();
  const ends = [
    options.resilience.onChange((change) => {
      const report = reportOf(change);
      if (report) queueOf(change.service).add(report);
    }),
    options.resilience.observe({
      attempted: (service, outcome) => {
        if (outcome !== "ok" || answered.has(service)) return;
        answered.add(service);
        queueOf(service).add({ kind: "recovered", at: new Date(), unconfirmedSeconds: UNCONFIRMED_SECONDS });
      },
    }),
  ];
  return {
    stop: () => {
      for (const end of ends) end();
      for (const queue of queues.values()) queue.stop();
    },
    settled: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.settled()));
    },
  };
}

function reportOf({ state, at, cause }: OutsideChange): Report | undefined {
  if (state === "half_open") return undefined;
  if (state === "closed") return { kind: "recovered", at, unconfirmedSeconds: 0 };
  return { kind: "opened", at, cause: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause) };
}

/** Reports about one service, in order, each sent until it is taken. */
class ReportQueue {
  readonly #service: string;
  readonly #options: RecorderOptions;
  readonly #waiting: Report[] = [];
  #draining: Promise<void> | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(service: string, options: RecorderOptions) {
    this.#service = service;
    this.#options = options;
  }

  add(report: Report): void {
    if (this.#stopped) return;
    this.#waiting.push(report);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#options.log.warn(
        { service: this.#service },
        "an outage report was let go: the database has been away too long",
      );
    }
    this.#draining ??= this.#drain().finally(() => (this.#draining = undefined));
  }

  async settled(): Promise<void> {
    await this.#draining;
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async #drain(): Promise<void> {
    let delayMs = FIRST_RETRY_MS;
    for (let report = this.#waiting[0]; report && !this.#stopped; report = this.#waiting[0]) {
      try {
        await this.#send(report);
        if (this.#waiting[0] === report) this.#waiting.shift();
        delayMs = FIRST_RETRY_MS;
      } catch (error) {
        this.#options.log.warn(
          { error, service: this.#service, delayMs },
          "an outage could not be recorded yet; trying again",
        );
        await this.#sleep(delayMs);
        delayMs = Math.min(delayMs * 2, LAST_RETRY_MS);
      }
    }
  }

  async #send(report: Report): Promise<void> {
    const { store } = this.#options;
    if (report.kind === "opened") await store.opened(this.#service, report.cause, report.at);
    else await store.recovered(this.#service, report.at, report.unconfirmedSeconds);
  }

  /** Waits without keeping the process alive. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms).unref();
    });
  }
}
