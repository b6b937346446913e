import { z } from "zod";
import { ulid } from "./ids.ts";
import { createRun } from "./lifecycle.ts";
import type { EventPayload, RunError } from "./protocol.ts";
import type { Registry } from "./registry.ts";
import { part, transact, type Sql } from "./database.ts";
import type { Json } from "./signing.ts";

/** What the runs page and scripts read. */

export const STATUSES = ["queued", "running", "completed", "failed", "cancelled"] as const;

const limit = z.coerce.number().int().min(1).max(200).default(50);
const text = z.string().max(512).optional();

export const runQuerySchema = z.object({
  status: z.enum(STATUSES).or(z.literal("")).optional(),
  function: text,
  event: text,
  /** Only runs older than this run id. */
  before: text,
  limit,
});
export const eventQuerySchema = z.object({ name: text, before: text, limit });

export interface RunSummary {
  readonly id: string;
  readonly functionId: string;
  readonly status: (typeof STATUSES)[number];
  readonly eventName: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface Page<T> {
  readonly items: T[];
  /** Pass as `before` for the next page. */
  readonly next: string | null;
}

function page<T extends { id: string }>(rows: readonly T[], size: number): Page<T> {
  const items = rows.slice(0, size);
  return { items, next: rows.length > size ? (items.at(-1)?.id ?? null) : null };
}

/** Runs, newest first. */
export async function listRuns(sql: Sql, query: z.output<typeof runQuerySchema>): Promise<Page<RunSummary>> {
  const rows = await sql<RunSummary[]>`
    select r.id, r.function_id as "functionId", r.status, e.name as "eventName",
           r.created_at as "createdAt", r.started_at as "startedAt", r.ended_at as "endedAt"
    from runs r left join events e on e.id = r.event_ids[1]
    where true
      ${query.status ? part`and r.status = ${query.status}` : part``}
      ${query.function ? part`and r.function_id = ${query.function}` : part``}
      ${query.before ? part`and r.id < ${query.before}` : part``}
      ${query.event ? part`and r.event_ids && array(select id from events where id = ${query.event} or external_id = ${query.event})` : part``}
    order by r.id desc limit ${query.limit + 1}`;
  return page(rows, query.limit);
}

interface StepDetail {
  readonly id: string;
  readonly name: string;
  readonly op: string;
  readonly status: string;
  readonly waitEvent: string | null;
  readonly waitIf: string | null;
  readonly dueAt: Date | null;
  readonly childRunId: string | null;
  readonly data: Json;
  readonly error: RunError | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

interface AttemptDetail {
  readonly stepId: string | null;
  readonly attempt: number;
  readonly error: RunError;
  readonly at: Date;
}

export interface RunDetail extends RunSummary {
  readonly parentRunId: string | null;
  readonly replayOf: string | null;
  readonly output: Json;
  readonly error: RunError | null;
  readonly events: EventPayload[];
  readonly steps: StepDetail[];
  readonly attempts: AttemptDetail[];
  readonly jobs: {
    readonly stepId: string;
    readonly attempt: number;
    readonly dueAt: Date;
    readonly leased: boolean;
  }[];
}

/** Everything about one run. */
export async function readRun(sql: Sql, runId: string): Promise<RunDetail | undefined> {
  const [[run], events, steps, attempts, jobs] = await Promise.all([
    sql<(RunSummary & Pick<RunDetail, "parentRunId" | "replayOf" | "output" | "error">)[]>`
      select r.id, r.function_id as "functionId", r.status, e.name as "eventName", r.created_at as "createdAt",
             r.started_at as "startedAt", r.ended_at as "endedAt", r.parent_run_id as "parentRunId", r.replay_of as "replayOf", r.output, r.error
      from runs r left join events e on e.id = r.event_ids[1] where r.id = ${runId}`,
    sql<{ payload: EventPayload }[]>`
      select e.payload from runs r, unnest(r.event_ids) with ordinality u (id, at) join events e on e.id = u.id where r.id = ${runId} order by u.at`,
    sql<StepDetail[]>`
      select id, name, op, status, wait_event as "waitEvent", wait_if as "waitIf", due_at as "dueAt", child_run_id as "childRunId",
             data, error, created_at as "createdAt", ended_at as "endedAt"
      from steps where run_id = ${runId} order by completion nulls last, created_at`,
    sql<
      AttemptDetail[]
    >`select step_id as "stepId", attempt, error, at from attempts where run_id = ${runId} order by id`,
    sql<RunDetail["jobs"]>`
      select step_id as "stepId", attempt, due_at as "dueAt", lease is not null as leased from jobs where run_id = ${runId} order by id`,
  ]);
  return run && { ...run, events: events.map((row) => row.payload), steps, attempts, jobs };
}

/** Runs that have not ended, by status. */
export async function countRuns(sql: Sql): Promise<{ queued: number; running: number }> {
  const [row] = await sql<{ queued: number; running: number }[]>`
    select (select count(*)::int from runs where status = 'queued') as queued, (select count(*)::int from runs where status = 'running') as running`;
  return row ?? { queued: 0, running: 0 };
}

export interface EventSummary {
  readonly id: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly payload: EventPayload;
  readonly receivedAt: Date;
}

/** Events, newest first. */
export async function listEvents(sql: Sql, query: z.output<typeof eventQuerySchema>): Promise<Page<EventSummary>> {
  const rows = await sql<EventSummary[]>`
    select id, external_id as "externalId", name, payload, received_at as "receivedAt" from events
    where true ${query.name ? part`and name = ${query.name}` : part``} ${query.before ? part`and id < ${query.before}` : part``}
    order by id desc limit ${query.limit + 1}`;
  return page(rows, query.limit);
}

/** Starts a new run of the same function with the same events. */
export async function replayRun(
  sql: Sql,
  registry: Registry,
  runId: string,
): Promise<{ id: string } | { refused: string }> {
  const run = await readRun(sql, runId);
  const event = run?.events[0];
  if (!run) return { refused: "There is no such run." };
  const fn = registry.get(run.functionId);
  if (!fn)
    return { refused: `The function "${run.functionId}" is not registered any more, so its run cannot be replayed.` };
  if (!event) return { refused: "The event of this run has been pruned, so it cannot be replayed." };
  const id = await transact(sql, async (tx) => {
    const [row] = await tx<{ event_ids: string[] }[]>`select event_ids from runs where id = ${runId}`;
    return await createRun(tx, registry, fn, {
      triggerKey: `replay:${ulid()}`,
      eventIds: row?.event_ids ?? [],
      event,
      replayOf: runId,
    });
  });
  return id === null ? { refused: "The run could not be made." } : { id };
}
