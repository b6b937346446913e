import { scrubText } from "./scrub";

/** The last that a process knows of a service it calls. */
export interface RecentCall {
  readonly at: string;
  readonly ms: number;
  readonly outcome: string;
  /** The newest call that did not end well, of this process's life; without secrets. */
  readonly failure: { readonly at: string; readonly text: string } | null;
}

/** Next has several module graphs in a process; what one of them was told, all know. */
const KEY = Symbol.for("devmentor.telemetry.recent-calls");
const home = globalThis as { [KEY]?: Map<string, RecentCall> };
const calls = (): Map<string, RecentCall> => (home[KEY] ??= new Map());

/** A call that a caller gave up, or that was refused for what it asked, says nothing of the service. */
const FAILURES = new Set(["failed", "timeout", "5xx"]);

/** Notes how a call ended. @param service from a closed set, so that this stays small */
export function noteCall(o: { service: string; outcome: string; seconds: number; error?: unknown }): void {
  const at = new Date().toISOString();
  const before = calls().get(o.service)?.failure ?? null;
  const failure = FAILURES.has(o.outcome) ? { at, text: describe(o) } : before;
  calls().set(o.service, { at, ms: Math.round(o.seconds * 1000), outcome: o.outcome, failure });
}

/** The last call to a service, if this process made one. */
export function recentCall(service: string): RecentCall | null {
  return calls().get(service) ?? null;
}

function describe({ outcome, error }: { outcome: string; error?: unknown }): string {
  return outcome === "5xx" ? "It answered with a fault of its own (5xx)." : describeError(error);
}

/** An error in a line, without secrets: its own words, and those of what caused it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return scrubText(String(error)).slice(0, 300);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return scrubText(`${error.message}${cause}`).slice(0, 300);
}
