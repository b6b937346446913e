import { log } from "./log";
import { describeError } from "./recent-calls";

export interface Dependency {
  /** Whether nothing works without it. */
  readonly needed: boolean;
  /** Rejects when the dependency does not answer. Should end with `signal`; is not waited for beyond it. */
  readonly ask: (signal: AbortSignal) => Promise<void>;
}

interface Check {
  readonly status: "up" | "down";
  readonly ms: number;
  /** Why not, without secrets; only where it was asked for: anybody may ask whether we are ready. */
  readonly error?: string;
}

export interface ReadinessReport {
  /** `degraded`: something that is not needed is down. */
  readonly status: "ready" | "degraded" | "unready";
  readonly checks: Readonly<Record<string, Check>>;
}

const DEADLINE_MS = 1_500;
/** Anybody may ask; the dependencies are asked no more often than this. */
const FRESH_MS = 1_000;

/** Whether a process can do its work, by asking what it depends on; all at once, and never for longer than the deadline. */
export class Readiness {
  readonly #dependencies: Readonly<Record<string, Dependency>>;
  readonly #deadlineMs: number;
  readonly #freshMs: number;
  readonly #explain: boolean;
  #present: { at: number; report: Promise<ReadinessReport> } | undefined;
  #last: ReadinessReport["status"] = "ready";

  /** @param o.explain whether checks say why a dependency is down: for operators alone */
  constructor(
    dependencies: Readonly<Record<string, Dependency>>,
    deadlineMs = DEADLINE_MS,
    o: { readonly freshMs?: number; readonly explain?: boolean } = {},
  ) {
    this.#dependencies = dependencies;
    this.#deadlineMs = deadlineMs;
    this.#freshMs = o.freshMs ?? FRESH_MS;
    this.#explain = o.explain ?? false;
  }

  /** Callers within a second (or the time that was given) share one answer. */
  check(): Promise<ReadinessReport> {
    const now = performance.now();
    if (!this.#present || now - this.#present.at > this.#deadlineMs + this.#freshMs) {
      this.#present = { at: now, report: this.#askAll() };
      void this.#present.report.finally(() => {
        if (this.#present) this.#present.at = performance.now() - this.#deadlineMs;
      });
    }
    return this.#present.report;
  }

  async #askAll(): Promise<ReadinessReport> {
    const names = Object.entries(this.#dependencies);
    const entries = await Promise.all(
      names.map(async ([name, dependency]) => [name, await this.#ask(name, dependency)] as const),
    );
    const checks = Object.fromEntries(entries);
    const down = names.filter(([name]) => checks[name]?.status === "down");
    const status = down.length === 0 ? "ready" : down.some(([, { needed }]) => needed) ? "unready" : "degraded";
    if (status !== this.#last) log.warn({ status, checks }, "readiness changed");
    this.#last = status;
    return { status, checks };
  }

  async #ask(name: string, { ask }: Dependency): Promise<Check> {
    const begun = performance.now();
    const signal = AbortSignal.timeout(this.#deadlineMs);
    const { promise: late, reject } = Promise.withResolvers<never>();
    const expire = () => reject(signal.reason);
    signal.addEventListener("abort", expire, { once: true });
    try {
      await Promise.race([ask(signal), late]);
      return { status: "up", ms: Math.round(performance.now() - begun) };
    } catch (error) {
      log.debug({ error, dependency: name }, "a dependency does not answer");
      const ms = Math.round(performance.now() - begun);
      return { status: "down", ms, ...(this.#explain ? { error: describeError(error) } : {}) };
    } finally {
      signal.removeEventListener("abort", expire);
    }
  }
}
