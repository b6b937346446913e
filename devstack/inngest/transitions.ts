import { announce } from "./events.ts";
import type { LeasedJob, Outcome } from "./dispatch.ts";
import { endRun, enqueueDiscovery, goOn, lockRun, type InternalEvent, type RunRow } from "./lifecycle.ts";
import { recordOperations, type Recorded } from "./operations.ts";
import { asRunError, type Operation, type RunError } from "./protocol.ts";
import type { Registry } from "./registry.ts";
import { asJson, transact, type Sql, type Tx } from "./database.ts";

/** How long to wait before try number `attempt` + 1, in milliseconds. */
export type Backoff = (attempt: number) => number;

/** 1 s, 2 s, 4 s … up to a minute, each with up to a fifth on top so that what failed together does not come back together. */
export const defaultBackoff = (baseMs: number): Backoff => {
  return (attempt) => Math.min(baseMs * 2 ** attempt, 60_000) * (1 + Math.random() * 0.2);
};

/** While an app is away its jobs are tried this often; each try is one refused connection. */
const ABSENT_RETRY_MS = 500;

interface Context {
  readonly registry: Registry;
  readonly maxAttempts: (functionId: string) => number;
  readonly backoff: Backoff;
}

/**
 * Applies what came of a job's request, in one transaction.
 * @returns false when the job had been taken away meanwhile (its run ended), so nothing was applied
 */
export async function settle(sql: Sql, context: Context, job: LeasedJob, outcome: Outcome): Promise<boolean> {
  return await transact(sql, async (tx) => {
    const run = await lockRun(tx, job.runId);
    if (!run) return false;
    const [held] = await tx<
      { again: boolean }[]
    >`select again from jobs where id = ${job.id} and lease = ${job.lease} for update`;
    if (!held) return false;
    const said = await apply(tx, context, run, job, outcome);
    await announce(tx, context.registry, said);
    return true;
  });
}

async function apply(
  tx: Tx,
  context: Context,
  run: RunRow,
  job: LeasedJob,
  outcome: Outcome,
): Promise<InternalEvent[]> {
  if (outcome.kind === "absent") {
    await release(tx, job, job.attempt, ABSENT_RETRY_MS);
    return [];
  }
  if (outcome.kind === "returned") return await endRun(tx, run, { status: "completed", output: outcome.data });
  if (outcome.kind === "threw") {
    return await tryAgain(
      tx,
      context,
      run,
      job,
      { stepId: job.stepId || null, error: outcome.error },
      outcome.retriable,
      outcome.retryAfterMs,
    );
  }

  const recorded = await recordOperations(tx, context.registry, run, outcome.operations, outcome.eager);
  for (const failed of outcome.operations.filter((each) => each.op === "StepFailed")) {
    await noteAttempt(tx, run, failed.id, job.attempt, asRunError(failed.error, "The step failed."));
  }
  if (recorded.refused) return await endRun(tx, run, { status: "failed", error: recorded.refused });
  if (recorded.returned) return await endRun(tx, run, { status: "completed", output: recorded.returned.data });
  if (recorded.retry) return await tryAgain(tx, context, run, job, recorded.retry, true, outcome.retryAfterMs);
  const [gone] = await tx<{ again: boolean }[]>`delete from jobs where id = ${job.id} returning again`;
  await proceed(tx, run, recorded, gone?.again ?? false);
  return [];
}

/** After a request that got somewhere: asks what is next when it is time for that. A run never stays with nothing to do. */
async function proceed(tx: Tx, run: RunRow, recorded: Recorded, again: boolean): Promise<void> {
  if (again) await enqueueDiscovery(tx, run);
  else if (recorded.resolved) await goOn(tx, run, recorded.eager);
  // Where every step it reported was known and has ended: ask once more, now that all of them are memoised.
  else await goOn(tx, run, false);
}

/** Keeps what went wrong in one try, for people to read. */
async function noteAttempt(
  tx: Tx,
  run: RunRow,
  stepId: string | null,
  attempt: number,
  error: RunError,
): Promise<void> {
  await tx`insert into attempts (run_id, step_id, attempt, error) values (${run.id}, ${stepId}, ${attempt}, ${asJson(error)})`;
}

/** Gives a job back, to be done again later. */
async function release(tx: Tx, job: LeasedJob, attempt: number, delayMs: number): Promise<void> {
  await tx`
    update jobs set lease = null, again = false, attempt = ${attempt}, due_at = now() + ${delayMs} * interval '1 millisecond'
    where id = ${job.id}`;
}

async function tryAgain(
  tx: Tx,
  context: Context,
  run: RunRow,
  job: LeasedJob,
  failure: { readonly stepId: string | null; readonly error: RunError },
  retriable: boolean,
  retryAfterMs: number | null,
): Promise<InternalEvent[]> {
  await noteAttempt(tx, run, failure.stepId, job.attempt, failure.error);
  if (retriable && job.attempt + 1 < context.maxAttempts(job.functionId)) {
    await release(tx, job, job.attempt + 1, retryAfterMs ?? context.backoff(job.attempt));
    return [];
  }
  return await endRun(tx, run, { status: "failed", error: failure.error });
}

/**
 * Takes the steps that the SDK reports while its request is still under way.
 * @param lease the dispatch that the SDK names (`qi_id`)
 * @returns "stale" when that dispatch is no longer the run's, so the SDK must stop
 */
export async function checkpoint(
  sql: Sql,
  registry: Registry,
  runId: string,
  lease: string,
  operations: readonly Operation[],
): Promise<"recorded" | "stale"> {
  return await transact(sql, async (tx) => {
    const run = await lockRun(tx, runId);
    if (!run) return "stale";
    const [held] = await tx`select 1 from jobs where lease = ${lease} and run_id = ${runId} for update`;
    if (!held) return "stale";
    const recorded = await recordOperations(tx, registry, run, operations, false);
    if (recorded.refused) {
      await announce(tx, registry, await endRun(tx, run, { status: "failed", error: recorded.refused }));
      return "stale";
    }
    return "recorded";
  });
}
