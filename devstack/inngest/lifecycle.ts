import { momentOf } from "./durations.ts";
import { ulid } from "./ids.ts";
import { INTERNAL_EVENTS, type EventPayload, type RunError } from "./protocol.ts";
import type { RegisteredFunction } from "./registration.ts";
import type { Registry } from "./registry.ts";
import { asJson, type Tx } from "./database.ts";
import type { Json } from "./signing.ts";

/**
 * What may happen to a run, each a change inside the caller's transaction. A caller that changes an existing run
 * has locked its row first (`lockRun`), so everything about one run happens one thing after another.
 */

export interface RunRow {
  readonly id: string;
  readonly functionId: string;
  readonly status: "queued" | "running" | "completed" | "failed" | "cancelled";
  readonly eventIds: readonly string[];
  readonly buckets: readonly string[];
  readonly parentRunId: string | null;
  readonly parentStepId: string | null;
}

/** An event that the executor itself has to say; ingested in the transaction that caused it. */
export interface InternalEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type StepResult = { readonly data: unknown } | { readonly error: RunError };

/** Locks a run's row. @returns undefined when there is no such run, or it has already ended */
export async function lockRun(tx: Tx, runId: string): Promise<RunRow | undefined> {
  const [run] = await tx<RunRow[]>`
    select id, function_id as "functionId", status, event_ids as "eventIds", buckets,
           parent_run_id as "parentRunId", parent_step_id as "parentStepId"
    from runs where id = ${runId} for update`;
  return run && (run.status === "queued" || run.status === "running") ? run : undefined;
}

/**
 * Starts a run, once for each `triggerKey`.
 * @returns its id, or null when that key, or the function's idempotency key, already made one
 */
export async function createRun(
  tx: Tx,
  registry: Registry,
  fn: RegisteredFunction,
  from: {
    readonly triggerKey: string;
    readonly eventIds: readonly string[];
    readonly event: EventPayload;
    readonly idempotencyKey?: string | null;
    readonly parent?: { readonly runId: string; readonly stepId: string };
    readonly replayOf?: string;
  },
): Promise<string | null> {
  if (from.idempotencyKey !== undefined && from.idempotencyKey !== null) {
    const [taken] = await tx`
      insert into idempotency (function_id, key, expires_at) values (${fn.id}, ${from.idempotencyKey}, now() + interval '24 hours')
      on conflict (function_id, key) do update set expires_at = excluded.expires_at where idempotency.expires_at < now()
      returning key`;
    if (!taken) return null;
  }
  const now = new Date();
  const runId = ulid(now.getTime());
  const buckets = registry.bucketsFor(fn, { event: from.event });
  const [made] = await tx`
    with made as (
      insert into runs (id, function_id, trigger_key, event_ids, buckets, parent_run_id, parent_step_id, replay_of)
      values (${runId}, ${fn.id}, ${from.triggerKey}, ${[...from.eventIds]}, ${buckets},
              ${from.parent?.runId ?? null}, ${from.parent?.stepId ?? null}, ${from.replayOf ?? null})
      on conflict (function_id, trigger_key) do nothing returning id, function_id, buckets
    )
    insert into jobs (run_id, function_id, buckets) select id, function_id, buckets from made returning id`;
  if (!made) return null;
  for (const cancel of fn.cancelOn) {
    await tx`
      insert into cancellations (run_id, event, condition, expires_at)
      values (${runId}, ${cancel.event}, ${cancel.condition}, ${cancel.timeout === null ? null : momentOf(cancel.timeout, now)})`;
  }
  return runId;
}

/** Asks the function what is next; if that question is just being asked, it is asked once more after it. */
export async function enqueueDiscovery(tx: Tx, run: Pick<RunRow, "id" | "functionId" | "buckets">): Promise<void> {
  await tx`
    insert into jobs (run_id, function_id, buckets) values (${run.id}, ${run.functionId}, ${[...run.buckets]})
    on conflict (run_id, step_id) do update set again = jobs.lease is not null`;
}

/**
 * Goes on with a run after a step of it ended: at once when that step is eager, else when nothing of the run is under way
 * any more that will itself go on with it.
 */
export async function goOn(tx: Tx, run: RunRow, eager: boolean): Promise<void> {
  await tx`
    insert into jobs (run_id, function_id, buckets)
    select ${run.id}::text, ${run.functionId}::text, ${[...run.buckets]}::text[]
    where ${eager}::boolean or not (
      exists (select 1 from steps where run_id = ${run.id} and status = 'pending')
      or exists (select 1 from jobs where run_id = ${run.id} and step_id <> ''))
    on conflict (run_id, step_id) do update set again = jobs.lease is not null`;
}

/**
 * Writes down how a pending step ended and goes on with its run.
 * @returns false when it had already ended
 */
export async function resolvePendingStep(tx: Tx, run: RunRow, stepId: string, result: StepResult): Promise<boolean> {
  const failed = "error" in result;
  const [step] = await tx<{ eager: boolean }[]>`
    update steps set status = ${failed ? "failed" : "completed"}, completion = nextval('completions'), ended_at = now(),
      data = ${asJson(failed ? null : result.data)}, error = ${asJson(failed ? result.error : null)}
    where run_id = ${run.id} and id = ${stepId} and status = 'pending' returning eager`;
  if (!step) return false;
  await goOn(tx, run, step.eager);
  return true;
}

/** The first event of a run, which expressions call `event`. */
export async function firstEvent(tx: Tx, run: RunRow): Promise<EventPayload> {
  const [row] = await tx<{ payload: EventPayload }[]>`select payload from events where id = ${run.eventIds[0] ?? ""}`;
  return row?.payload ?? { id: "", name: "", data: {}, ts: 0 };
}

export type Ending =
  | { readonly status: "completed"; readonly output: unknown }
  | { readonly status: "failed"; readonly error: RunError }
  | { readonly status: "cancelled"; readonly reason: string };

/**
 * Ends a run: nothing more of it happens, and a run that invoked it goes on.
 * @returns the events that have to be said about it, for the caller to ingest in the same transaction
 */
export async function endRun(tx: Tx, run: RunRow, ending: Ending): Promise<InternalEvent[]> {
  const error: RunError | null =
    ending.status === "failed"
      ? ending.error
      : ending.status === "cancelled"
        ? { name: "Cancelled", message: ending.reason }
        : null;
  const output = ending.status === "completed" ? (ending.output ?? null) : null;
  await tx`
    update runs set status = ${ending.status}, output = ${asJson(output)}, error = ${asJson(error)},
      started_at = coalesce(started_at, now()), ended_at = now() where id = ${run.id}`;
  await tx`delete from jobs where run_id = ${run.id}`;
  await tx`delete from cancellations where run_id = ${run.id}`;
  await tx`update steps set status = 'cancelled', ended_at = now() where run_id = ${run.id} and status in ('pending', 'retrying')`;

  if (run.parentRunId !== null && run.parentStepId !== null) {
    const parent = await lockRun(tx, run.parentRunId);
    if (parent) {
      const cancelled: RunError = {
        name: "Error",
        message: `The invoked function "${run.functionId}" (run ${run.id}) was cancelled.`,
      };
      const result: StepResult =
        ending.status === "completed"
          ? { data: output }
          : { error: ending.status === "failed" ? ending.error : cancelled };
      await resolvePendingStep(tx, parent, run.parentStepId, result);
    }
  }

  const event = await firstEvent(tx, run);
  const about = { function_id: run.functionId, run_id: run.id, event: event as unknown as Json };
  if (ending.status === "completed") {
    return [{ name: INTERNAL_EVENTS.finished, data: { ...about, result: output, _inngest: { status: "Completed" } } }];
  }
  if (ending.status === "cancelled") {
    return [{ name: INTERNAL_EVENTS.cancelled, data: { ...about, error, _inngest: { status: "Cancelled" } } }];
  }
  // A handler of failures that fails itself must not call itself for ever.
  if (event.name === INTERNAL_EVENTS.failed) return [];
  const data = { ...about, error, _inngest: { status: "Failed" } };
  return [
    { name: INTERNAL_EVENTS.failed, data },
    { name: INTERNAL_EVENTS.finished, data },
  ];
}
