import { holds, keyOf } from "./expressions.ts";
import { ulid } from "./ids.ts";
import { createRun, endRun, firstEvent, lockRun, resolvePendingStep, type InternalEvent } from "./lifecycle.ts";
import { INTERNAL_EVENTS, type EventPayload, type IncomingEvent } from "./protocol.ts";
import type { RegisteredFunction } from "./registration.ts";
import type { Registry } from "./registry.ts";
import { asJson, type Tx } from "./database.ts";

/** An event on its way in: as posted, with the id that stands for it here. */
export interface ArrivingEvent {
  readonly internalId: string;
  readonly event: IncomingEvent;
}

/** Stores an event. @returns its payload, or null with the id of the one that came before under the same id */
async function storeEvent(tx: Tx, arriving: ArrivingEvent): Promise<{ id: string; payload: EventPayload | null }> {
  const { id, name, data, ts, ...rest } = arriving.event;
  const payload: EventPayload = {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined)),
    id: id ?? arriving.internalId,
    name,
    data: data ?? {},
    ts: ts && ts > 0 ? ts : Date.now(),
  };
  const [stored] = await tx`
    insert into events (id, external_id, name, payload) values (${arriving.internalId}, ${id ?? null}, ${name}, ${asJson(payload)})
    on conflict do nothing returning id`;
  if (stored) return { id: arriving.internalId, payload };
  const [earlier] = await tx<{ id: string }[]>`
    select id from events where id = ${arriving.internalId} or external_id = ${id ?? null} limit 1`;
  return { id: earlier?.id ?? arriving.internalId, payload: null };
}

/** Cancels the runs and ends the waits that an event concerns; a run made after this cannot be among them. */
async function reachRuns(tx: Tx, payload: EventPayload): Promise<InternalEvent[]> {
  const candidates = await tx<{ run_id: string; step_id: string | null; condition: string | null }[]>`
    select run_id, null as step_id, condition, 0 as first from cancellations
      where event = ${payload.name} and (expires_at is null or expires_at > now())
    union all
    select run_id, id, wait_if, 1 from steps
      where status = 'pending' and wait_event = ${payload.name} and (due_at is null or due_at > now())
    order by run_id, first, step_id`;
  const said: InternalEvent[] = [];
  for (const { run_id, step_id, condition } of candidates) {
    const run = await lockRun(tx, run_id);
    if (!run || !holds(condition, ["event", "async"], { event: await firstEvent(tx, run), async: payload })) continue;
    if (step_id !== null) await resolvePendingStep(tx, run, step_id, { data: payload });
    else
      said.push(
        ...(await endRun(tx, run, {
          status: "cancelled",
          reason: `Cancelled by the event ${payload.name} (${payload.id}).`,
        })),
      );
  }
  return said;
}

async function addToBatch(
  tx: Tx,
  registry: Registry,
  fn: RegisteredFunction,
  eventId: string,
  payload: EventPayload,
): Promise<void> {
  const batch = fn.batch;
  if (!batch) return;
  const key = keyOf(batch.key, { event: payload });
  const [row] = await tx<{ event_ids: string[] }[]>`
    insert into batches (function_id, key, event_ids, due_at)
    values (${fn.id}, ${key}, ${[eventId]}, now() + ${batch.timeoutMs} * interval '1 millisecond')
    on conflict (function_id, key) do update set event_ids = batches.event_ids || excluded.event_ids
    returning event_ids`;
  if (row && row.event_ids.length >= batch.maxSize) await releaseBatch(tx, registry, fn, key);
}

/** Starts the run of a full or overdue batch. */
export async function releaseBatch(tx: Tx, registry: Registry, fn: RegisteredFunction, key: string): Promise<void> {
  const [row] = await tx<
    { event_ids: string[] }[]
  >`delete from batches where function_id = ${fn.id} and key = ${key} returning event_ids`;
  const first = row?.event_ids[0];
  if (!row || first === undefined) return;
  const [event] = await tx<{ payload: EventPayload }[]>`select payload from events where id = ${first}`;
  if (!event) return;
  await createRun(tx, registry, fn, { triggerKey: `batch:${first}`, eventIds: row.event_ids, event: event.payload });
}

async function trigger(tx: Tx, registry: Registry, eventId: string, payload: EventPayload): Promise<void> {
  const started = new Set<string>();
  for (const { fn, condition } of registry.triggeredBy(payload.name)) {
    if (started.has(fn.id) || !holds(condition, ["event"], { event: payload })) continue;
    started.add(fn.id);
    if (fn.batch && holds(fn.batch.condition, ["event"], { event: payload })) {
      await addToBatch(tx, registry, fn, eventId, payload);
      continue;
    }
    await createRun(tx, registry, fn, {
      triggerKey: `event:${eventId}`,
      eventIds: [eventId],
      event: payload,
      idempotencyKey: fn.idempotency === undefined ? null : keyOf(fn.idempotency, { event: payload }),
    });
  }
}

/** Events about every run's end are kept only when somebody listens. */
async function isHeard(tx: Tx, registry: Registry, name: string): Promise<boolean> {
  if (name !== INTERNAL_EVENTS.finished && name !== INTERNAL_EVENTS.cancelled) return true;
  if (registry.triggeredBy(name).length > 0) return true;
  const [row] = await tx<{ heard: boolean }[]>`
    select exists (select 1 from steps where status = 'pending' and wait_event = ${name})
        or exists (select 1 from cancellations where event = ${name}) as heard`;
  return row?.heard ?? false;
}

/**
 * Takes events in: stores each once, cancels, wakes and starts what they concern, all in the caller's transaction.
 * An event whose id came before changes nothing.
 * @returns the id of each event, in order; for a repeated one the id of the first
 */
export async function ingest(tx: Tx, registry: Registry, arriving: readonly ArrivingEvent[]): Promise<string[]> {
  const ids: string[] = [];
  const queue: InternalEvent[] = [];
  const take = async (each: ArrivingEvent): Promise<string> => {
    const { id, payload } = await storeEvent(tx, each);
    if (payload) {
      queue.push(...(await reachRuns(tx, payload)));
      await trigger(tx, registry, id, payload);
    }
    return id;
  };
  for (const each of arriving) {
    ids.push(await take(each));
    await say(queue.splice(0));
  }
  return ids;

  async function say(events: readonly InternalEvent[]): Promise<void> {
    const rest = [...events];
    for (let next = rest.shift(); next; next = rest.shift()) {
      if (await isHeard(tx, registry, next.name)) await take(fromInternal(next));
      rest.push(...queue.splice(0));
    }
  }
}

/** Gives an event of the executor's own its id. */
function fromInternal(event: InternalEvent): ArrivingEvent {
  return {
    internalId: ulid(),
    event: { name: event.name, data: JSON.parse(JSON.stringify(event.data)), ts: Date.now() },
  };
}

/** Ingests what the executor itself has to say. */
export async function announce(tx: Tx, registry: Registry, events: readonly InternalEvent[]): Promise<void> {
  for (const event of events) {
    if (await isHeard(tx, registry, event.name)) await ingest(tx, registry, [fromInternal(event)]);
  }
}
