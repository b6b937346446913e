import { ulid } from "./ids.ts";
import { announce, releaseBatch } from "./events.ts";
import { createRun, endRun, lockRun, resolvePendingStep, type StepResult } from "./lifecycle.ts";
import { INTERNAL_EVENTS, type EventPayload } from "./protocol.ts";
import { nextTick } from "./registration.ts";
import type { Registry } from "./registry.ts";
import { asJson, transact, type Sql } from "./database.ts";

const AT_ONCE = 200;

/** Does everything whose time has come: sleeps, time-outs, full-time batches, crons. */
export async function fireTimers(sql: Sql, registry: Registry): Promise<void> {
  for (let fired = AT_ONCE; fired === AT_ONCE;) fired = await endDueSteps(sql);
  await releaseDueBatches(sql, registry);
  await tick(sql, registry);
}

async function endDueSteps(sql: Sql): Promise<number> {
  const due = await sql<{ run_id: string; id: string; op: string; child_run_id: string | null }[]>`
    select run_id, id, op, child_run_id from steps where status = 'pending' and due_at <= now() order by due_at limit ${AT_ONCE}`;
  for (const step of due) {
    await transact(sql, async (tx) => {
      const run = await lockRun(tx, step.run_id);
      if (!run) {
        await tx`update steps set status = 'cancelled', ended_at = now() where run_id = ${step.run_id} and id = ${step.id} and status = 'pending'`;
        return;
      }
      const late: StepResult = {
        error: {
          name: "InngestInvokeTimeout",
          message: `The invoked function did not end in time (run ${step.child_run_id ?? "unknown"}); it goes on by itself.`,
        },
      };
      await resolvePendingStep(tx, run, step.id, step.op === "InvokeFunction" ? late : { data: null });
    });
  }
  return due.length;
}

async function releaseDueBatches(sql: Sql, registry: Registry): Promise<void> {
  const due = await sql<
    { function_id: string; key: string }[]
  >`select function_id, key from batches where due_at <= now()`;
  for (const { function_id, key } of due) {
    await transact(sql, async (tx) => {
      const fn = registry.get(function_id);
      if (fn) await releaseBatch(tx, registry, fn, key);
      else await tx`delete from batches where function_id = ${function_id} and key = ${key}`;
    });
  }
}

/** A tick that was missed while nothing ran is made up for once, however many there were. */
async function tick(sql: Sql, registry: Registry): Promise<void> {
  const due = await sql<
    { function_id: string; cron: string; next_at: Date }[]
  >`select function_id, cron, next_at from ticks where next_at <= now()`;
  for (const { function_id, cron, next_at } of due) {
    await transact(sql, async (tx) => {
      const [held] =
        await tx`select 1 from ticks where function_id = ${function_id} and cron = ${cron} and next_at <= now() for update`;
      if (!held) return;
      const fn = registry.get(function_id);
      const next = fn?.crons.includes(cron) ? nextTick(cron, new Date()) : null;
      if (!fn || !next) {
        await tx`delete from ticks where function_id = ${function_id} and cron = ${cron}`;
        if (!fn) return;
      } else await tx`update ticks set next_at = ${next} where function_id = ${function_id} and cron = ${cron}`;
      const id = ulid();
      const event: EventPayload = { id, name: INTERNAL_EVENTS.timer, data: { cron }, ts: next_at.getTime() };
      await tx`insert into events (id, name, payload) values (${id}, ${event.name}, ${asJson(event)})`;
      await createRun(tx, registry, fn, { triggerKey: `cron:${cron}:${next_at.toISOString()}`, eventIds: [id], event });
    });
  }
}

/** Cancels a run on a person's request. @returns false when it had already ended */
export async function cancelRun(sql: Sql, registry: Registry, runId: string): Promise<boolean> {
  return await transact(sql, async (tx) => {
    const run = await lockRun(tx, runId);
    if (!run) return false;
    await announce(tx, registry, await endRun(tx, run, { status: "cancelled", reason: "Cancelled by hand." }));
    return true;
  });
}

/** How long ended runs and their events are kept. */
const KEPT = "30 days";

/** Forgets what ended long ago. */
export async function prune(sql: Sql): Promise<void> {
  await sql`delete from runs where ended_at < now() - ${KEPT}::interval`;
  await sql`
    delete from events e where received_at < now() - ${KEPT}::interval
      and not exists (select 1 from runs r where r.event_ids @> array[e.id])
      and not exists (select 1 from batches b where e.id = any (b.event_ids))`;
  await sql`delete from idempotency where expires_at < now()`;
}
