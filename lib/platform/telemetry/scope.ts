import { AsyncLocalStorage } from "node:async_hooks";
import type { TraceContext } from "@/lib/kernel/trace";

/** What is known of the work that the present code runs for. */
export interface Scope {
  /** Already scrubbed: it may come from outside. */
  readonly requestId: string;
  readonly trace: TraceContext;
  /** Workflow runs name theirs. */
  readonly runId?: string;
}

/** Next has several module graphs in a process; they share one store, or a log line would miss its request. */
const KEY = Symbol.for("devmentor.telemetry.scope");
const home = globalThis as { [KEY]?: AsyncLocalStorage<Scope> };

function store(): AsyncLocalStorage<Scope> {
  return (home[KEY] ??= new AsyncLocalStorage());
}

/** Runs `work`, and all that it starts, for this request or workflow step. */
export function runInScope<T>(scope: Scope, work: () => T): T {
  return store().run(scope, work);
}

export function currentScope(): Scope | undefined {
  return home[KEY]?.getStore();
}
