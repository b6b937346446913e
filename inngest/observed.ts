import { createHash } from "node:crypto";
import { Middleware } from "inngest";
import { z } from "zod";
import { parseTraceparent, type TraceContext } from "@/lib/kernel/trace";
import { runWorkflowFunction, runWorkflowStep, type WorkflowRun } from "@/lib/platform/telemetry/workflow";

type Context = Middleware.WrapFunctionHandlerArgs["ctx"];

const tracedSchema = z.object({ traceparent: z.string() });
/** `onFailure` gets the event that failed inside one of Inngest's own. */
const failedSchema = z.object({ event: z.object({ data: tracedSchema }) });

/** Every run goes on in the trace of the request that caused it, and its log lines say which run they are of. */
export class Observed extends Middleware.BaseMiddleware {
  readonly id = "devmentor/observed";

  override wrapFunctionHandler({ ctx, fn, next }: Middleware.WrapFunctionHandlerArgs): Promise<unknown> {
    const { ts = 0 } = ctx.event;
    return runWorkflowFunction(runOf(ctx, fn.id("")), ts > 0 ? ts : Date.now(), next);
  }

  override wrapStepHandler({ ctx, fn, next }: Middleware.WrapStepHandlerArgs): Promise<unknown> {
    return runWorkflowStep(runOf(ctx, fn.id("")), next);
  }
}

function runOf(ctx: Context, workflow: string): WorkflowRun {
  return { workflow: workflow.replace(/^-/, ""), runId: ctx.runId, trace: traceOf(ctx) };
}

function traceOf(ctx: Context): TraceContext {
  const data: unknown = ctx.event.data;
  const plain = tracedSchema.safeParse(data);
  const failed = plain.success ? undefined : failedSchema.safeParse(data);
  const given = plain.success ? plain.data.traceparent : failed?.data?.event.data.traceparent;
  return parseTraceparent(given) ?? traceOfRun(ctx.runId);
}

/** A run that no request caused (a cron's) has a trace of its own, the same in each of its calls. */
function traceOfRun(runId: string): TraceContext {
  const digest = createHash("sha256").update(runId).digest("hex");
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48), sampled: true };
}
