import { momentOf } from "./durations.ts";
import { compileExpression } from "./expressions.ts";
import { ulid } from "./ids.ts";
import { createRun, type RunRow } from "./lifecycle.ts";
import {
  asRunError,
  INTERNAL_EVENTS,
  invokeOptionsSchema,
  waitOptionsSchema,
  type EventPayload,
  type Operation,
  type RunError,
} from "./protocol.ts";
import type { Registry } from "./registry.ts";
import { asJson, type Tx } from "./database.ts";

/** What a list of operations means for the run that reported them. */
export interface Recorded {
  /** A step ended: the function may be asked what is next. */
  resolved: boolean;
  /** That end alone asks, without waiting for its siblings. */
  eager: boolean;
  /** A step failed and may be tried again. */
  retry: { readonly stepId: string; readonly error: RunError } | null;
  /** The function returned. */
  returned: { readonly data: unknown } | null;
  /** The run cannot go on here. */
  refused: RunError | null;
}

/** Kept for reading: what kind of step it was. */
function kindOf(operation: Operation): string {
  const type = operation.opts?.["type"];
  return typeof type === "string"
    ? type
    : operation.op === "StepPlanned" || operation.op === "StepError" || operation.op === "StepFailed"
      ? "StepRun"
      : operation.op;
}

function isEager(operation: Operation, eager: boolean): boolean {
  return eager || operation.opts?.["parallelMode"] === "race";
}

/** Writes down a step's end, once: what was recorded before stays. */
async function recordEnd(
  tx: Tx,
  run: RunRow,
  operation: Operation,
  end: { data: unknown } | { error: RunError },
): Promise<boolean> {
  const failed = "error" in end;
  const status = failed ? "failed" : "completed";
  const [row] = await tx<{ eager: boolean }[]>`
    insert into steps (run_id, id, op, name, status, data, error, completion, ended_at)
    values (${run.id}, ${operation.id}, ${kindOf(operation)}, ${operation.displayName ?? operation.name ?? operation.id}, ${status},
            ${asJson(failed ? null : end.data)}, ${asJson(failed ? end.error : null)}, nextval('completions'), now())
    on conflict (run_id, id) do update set status = excluded.status, data = excluded.data, error = excluded.error,
      completion = excluded.completion, ended_at = excluded.ended_at
      where steps.status in ('pending', 'retrying')
    returning eager`;
  return row?.eager ?? false;
}

interface NewStep {
  readonly status: "pending" | "retrying";
  readonly dueAt?: Date | null;
  readonly waitEvent?: string;
  readonly waitIf?: string | null;
}

/** @returns false when the step was known already: another discovery reported it */
async function recordNew(tx: Tx, run: RunRow, operation: Operation, eager: boolean, step: NewStep): Promise<boolean> {
  const [row] = await tx`
    insert into steps (run_id, id, op, name, status, eager, wait_event, wait_if, due_at)
    values (${run.id}, ${operation.id}, ${kindOf(operation)}, ${operation.displayName ?? operation.name ?? operation.id}, ${step.status},
            ${isEager(operation, eager)}, ${step.waitEvent ?? null}, ${step.waitIf ?? null}, ${step.dueAt ?? null})
    on conflict (run_id, id) do nothing returning id`;
  return row !== undefined;
}

async function invoke(
  tx: Tx,
  registry: Registry,
  run: RunRow,
  operation: Operation,
  eager: boolean,
): Promise<RunError | null> {
  const options = invokeOptionsSchema.safeParse(operation.opts ?? {});
  if (!options.success) return { name: "Error", message: `The invocation cannot be read: ${options.error.message}` };
  const { function_id: functionId, payload, timeout } = options.data;
  const fn = registry.get(functionId);
  if (!fn)
    return { name: "Error", message: `The function "${functionId}" is not registered, so it cannot be invoked.` };
  const dueAt = timeout ? momentOf(timeout, new Date()) : null;
  if (!(await recordNew(tx, run, operation, eager, { status: "pending", dueAt }))) return null;
  const eventId = ulid();
  const event: EventPayload = {
    id: eventId,
    name: INTERNAL_EVENTS.invoked,
    data: { ...payload?.data, _inngest: { fn_id: functionId, source_fn_id: run.functionId, source_run_id: run.id } },
    ts: Date.now(),
    ...(payload?.v ? { v: payload.v } : {}),
  };
  await tx`insert into events (id, name, payload) values (${eventId}, ${event.name}, ${asJson(event)})`;
  const childId = await createRun(tx, registry, fn, {
    triggerKey: `invoke:${run.id}:${operation.id}`,
    eventIds: [eventId],
    event,
    parent: { runId: run.id, stepId: operation.id },
  });
  await tx`update steps set child_run_id = ${childId} where run_id = ${run.id} and id = ${operation.id}`;
  return null;
}

async function waitForEvent(tx: Tx, run: RunRow, operation: Operation, eager: boolean): Promise<RunError | null> {
  const options = waitOptionsSchema.safeParse(operation.opts ?? {});
  if (!options.success || !operation.name)
    return { name: "Error", message: "waitForEvent needs an event and a timeout." };
  if (options.data.if) compileExpression(options.data.if, ["event", "async"]);
  await recordNew(tx, run, operation, eager, {
    status: "pending",
    waitEvent: operation.name,
    waitIf: options.data.if ?? null,
    dueAt: momentOf(options.data.timeout, new Date()),
  });
  return null;
}

/** Starts whatever an operation asks for. @returns why it cannot be, which then is how that step failed */
async function plan(
  tx: Tx,
  registry: Registry,
  run: RunRow,
  operation: Operation,
  eager: boolean,
): Promise<RunError | null> {
  try {
    switch (operation.op) {
      case "StepPlanned":
        if (await recordNew(tx, run, operation, eager, { status: "pending" })) {
          await tx`
            insert into jobs (run_id, step_id, function_id, buckets) values (${run.id}, ${operation.id}, ${run.functionId}, ${[...run.buckets]})
            on conflict do nothing`;
        }
        return null;
      case "Sleep":
        await recordNew(tx, run, operation, eager, {
          status: "pending",
          dueAt: momentOf(operation.name ?? "", new Date()),
        });
        return null;
      case "WaitForEvent":
        return await waitForEvent(tx, run, operation, eager);
      default:
        return await invoke(tx, registry, run, operation, eager);
    }
  } catch (error) {
    // Only what the operation itself says wrongly (a time, an expression); PostgreSQL's errors end the transaction.
    if (!(error instanceof Error) || Reflect.has(error, "code")) throw error;
    return { name: error.name, message: error.message };
  }
}

/**
 * Writes down what the SDK reported, in order. Everything it has said before changes nothing.
 * @param eager whether the function asked to go on after each step (`optimizeParallelism: false`)
 */
export async function recordOperations(
  tx: Tx,
  registry: Registry,
  run: RunRow,
  operations: readonly Operation[],
  eager: boolean,
): Promise<Recorded> {
  const recorded: Recorded = { resolved: false, eager: false, retry: null, returned: null, refused: null };
  const end = async (operation: Operation, how: { data: unknown } | { error: RunError }): Promise<void> => {
    if (await recordEnd(tx, run, operation, how)) recorded.eager = true;
    recorded.resolved = true;
  };
  for (const operation of operations) {
    switch (operation.op) {
      case "StepRun":
      case "Step":
        await end(operation, { data: operation.data ?? null });
        break;
      case "StepFailed":
        await end(operation, { error: asRunError(operation.error, "The step failed.") });
        break;
      case "StepError":
        recorded.retry = { stepId: operation.id, error: asRunError(operation.error, "The step failed.") };
        await recordNew(tx, run, operation, eager, { status: "retrying" });
        await tx`update steps set status = 'retrying' where run_id = ${run.id} and id = ${operation.id} and status = 'pending'`;
        break;
      case "StepPlanned":
      case "Sleep":
      case "WaitForEvent":
      case "InvokeFunction": {
        const impossible = await plan(tx, registry, run, operation, eager);
        if (impossible) await end(operation, { error: impossible });
        break;
      }
      case "RunComplete":
        recorded.returned = { data: operation.data ?? null };
        break;
      case "DiscoveryRequest":
        recorded.resolved = true;
        break;
      case "StepNotFound":
        recorded.retry = {
          stepId: operation.id,
          error: { name: "StepNotFound", message: `The step ${operation.id} is no longer in the function.` },
        };
        break;
      default:
        recorded.refused = {
          name: "NotSupported",
          message: `The step "${operation.displayName ?? operation.name ?? operation.id}" uses ${operation.op}, which the embedded Inngest executor does not support.`,
        };
    }
  }
  return recorded;
}
