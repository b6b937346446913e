import { SpanKind } from "@opentelemetry/api";
import type { TraceContext } from "@/lib/kernel/trace";
import { metrics } from "./metrics";
import { runInScope } from "./scope";
import { contextOf, currentTrace, withSpan } from "./tracing";

export interface WorkflowRun {
  /** The function's id, from code. */
  readonly workflow: string;
  readonly runId: string;
  /** Where the trace of what caused the run stands. */
  readonly trace: TraceContext;
}

/** Runs a workflow's own code, between its steps, for this run: its log lines bear the run's ids. */
export function runWorkflow<T>(run: WorkflowRun, work: () => Promise<T>): Promise<T> {
  return runInScope({ requestId: run.runId, runId: run.runId, trace: run.trace }, work);
}

/**
 * Runs a workflow's function and counts how the run ended. While steps are still to come the function does not return: the
 * SDK leaves it where it stands and calls it anew, so what returns has ended.
 * @param begunAt when the event that began it happened, milliseconds of the epoch; a cron's is when it was due
 */
export async function runWorkflowFunction<T>(run: WorkflowRun, begunAt: number, work: () => Promise<T>): Promise<T> {
  let outcome: "ok" | "failed" = "failed";
  try {
    const value = await runWorkflow(run, work);
    outcome = "ok";
    return value;
  } finally {
    metrics().ranWorkflow(run.workflow, outcome, (Date.now() - begunAt) / 1000);
  }
}

/** Runs one attempt at a workflow's step in a span of the run's trace, and counts it. */
export async function runWorkflowStep<T>(run: WorkflowRun, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  let outcome: "ok" | "failed" = "failed";
  try {
    const attributes = { "messaging.system": "inngest", "inngest.run_id": run.runId };
    const value = await withSpan(
      `step of ${run.workflow}`,
      { kind: SpanKind.CONSUMER, attributes, parent: contextOf(run.trace) },
      (span) => runWorkflow({ ...run, trace: (span && currentTrace()) ?? run.trace }, work),
    );
    outcome = "ok";
    return value;
  } finally {
    metrics().ranStep(run.workflow, outcome, (performance.now() - begun) / 1000);
  }
}
