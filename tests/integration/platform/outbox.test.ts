import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { drain } from "@/lib/platform/outbox/drain";
import type { OutboxEvent } from "@/lib/platform/outbox/event";
import { PublishFailure } from "@/lib/platform/outbox/failure";
import { inngestPublish } from "@/lib/platform/outbox/inngest-publish";
import { drainAfterRequest, observeOutbox, runRelay, wakeRelay } from "@/lib/platform/outbox/outbox";
import { outboxStore, readBacklog } from "@/lib/platform/outbox/store";
import { eventually } from "../../support/eventually.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";
import { type FakeInngest, type SentEvent, startFakeInngest } from "./fake-inngest.ts";

const supabase = useSupabase();
let inngest: FakeInngest;
beforeAll(async () => {
  inngest = await startFakeInngest();
});
useProductEnv({ supabase, further: () => ({ INNGEST_BASE_URL: inngest.url }) });
afterAll(() => inngest.close());
beforeEach(async () => {
  inngest.reset();
  await supabase.sql`truncate private.outbox, private.dead_letters`;
});

const publish = (events: readonly OutboxEvent[]) => inngestPublish({ baseUrl: inngest.url, eventKey: "test" })(events);
const drainOnce = () => drain({ store: outboxStore, publish });
const lanes = (n: number) => Array.from({ length: n }, () => randomUUID());

async function append(lane: string, n: number, data: Record<string, unknown> = {}): Promise<string> {
  const [row] = await supabase.sql<{ id: string }[]>`
    select private.append_outbox('thing', ${lane}, 'test/thing.changed', ${supabase.sql.json({ ...data, lane, n })}) as id`;
  return row?.id ?? "";
}

/** Makes every waiting event due now, as if its back-off or lease were over. */
const passTime = () =>
  supabase.sql`update private.outbox set next_attempt_at = now() where published_at is null and dead_at is null`;
const rows = () =>
  supabase.sql<
    {
      id: string;
      refusals: number;
      interruptions: number;
      published: boolean;
      dead: boolean;
      waits: boolean;
      last_error: string | null;
    }[]
  >`
    select id, refusals, interruptions, published_at is not null as published, dead_at is not null as dead,
           next_attempt_at > now() as waits, last_error
    from private.outbox order by position`;

function expectInOrder(events: readonly SentEvent[]): void {
  const last = new Map<string, number>();
  for (const { data } of events) {
    const lane = String(data.lane);
    expect(data.n, `an event of ${lane} came after a later one`).toBeGreaterThan(last.get(lane) ?? -1);
    last.set(lane, Number(data.n));
  }
}

test("a batch is one call of at most 100 events, in the order of each aggregate, with the outbox id as event id", async () => {
  const seven = lanes(7);
  const ids: string[] = [];
  for (let n = 0; n < 250; n += 1) ids.push(await append(seven[n % 7] ?? "", n));
  await expect(drainOnce()).resolves.toEqual({ published: 250, retried: 0, dead: 0, outage: false });
  expect(inngest.calls.map((call) => call.length)).toEqual([100, 100, 50]);
  expect(inngest.accepted.map((event) => event.id).toSorted()).toEqual(ids.toSorted());
  expect(inngest.accepted[0]).toMatchObject({ name: "test/thing.changed", v: "1" });
  expectInOrder(inngest.accepted);
  await expect(readBacklog()).resolves.toEqual({ pending: 0, oldestSeconds: 0, dead: 0 });
});

test("an event whose transaction is rolled back is none", async () => {
  const undone = supabase.sql.begin(async (sql) => {
    await sql`select private.append_outbox('thing', ${randomUUID()}, 'test/thing.changed', '{}')`;
    throw new Error("rolled back");
  });
  await expect(undone).rejects.toThrow("rolled back");
  await expect(drainOnce()).resolves.toMatchObject({ published: 0 });
  expect(inngest.calls).toHaveLength(0);
});

test("metrics hear of each batch: its size, its lag, its failures", async () => {
  const [a = ""] = lanes(1);
  for (let n = 0; n < 3; n += 1) await append(a, n);
  const samples: unknown[] = [];
  await drain({ store: outboxStore, publish, observe: (sample) => samples.push(sample) });
  expect(samples).toEqual([
    expect.objectContaining({
      claimed: 3,
      published: 3,
      retried: 0,
      lagsMs: [expect.any(Number), expect.any(Number), expect.any(Number)],
    }),
  ]);
});

test("the worker's loop publishes what was committed, woken or not, and ends after its batch", async () => {
  const stopping = new AbortController();
  const published: number[] = [];
  const ended = runRelay(stopping.signal);
  const end = observeOutbox((sample) => published.push(sample.published));
  const [a = ""] = lanes(1);
  await append(a, 0);
  wakeRelay();
  await eventually(() => expect(inngest.accepted).toHaveLength(1));
  await append(a, 1);
  await eventually(() => expect(inngest.accepted).toHaveLength(2));
  await append(a, 2);
  await drainAfterRequest();
  expect(inngest.accepted).toHaveLength(3);
  stopping.abort();
  await ended;
  end();
  expect(published).toEqual([1, 1, 1]);
  await append(a, 3);
  wakeRelay();
  await expect(readBacklog()).resolves.toMatchObject({ pending: 1 });
});

test("four relays at once publish everything once and keep each aggregate's order, while writers go on", async () => {
  const twenty = lanes(20);
  inngest.answering = async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 15));
    return 200;
  };
  let writing = true;
  const relays = Array.from({ length: 4 }, async () => {
    while (writing || (await readBacklog()).pending > 0) await drainOnce();
  });
  await Promise.all(
    twenty.map(async (lane) => {
      for (let n = 0; n < 25; n += 1) await append(lane, n);
    }),
  );
  writing = false;
  await Promise.all(relays);
  expect(inngest.accepted).toHaveLength(500);
  expect(new Set(inngest.accepted.map((event) => event.id)).size).toBe(500);
  expectInOrder(inngest.accepted);
});

test("while a relay holds the first event of an aggregate no other gets a later one", async () => {
  const [a = "", b = ""] = lanes(2);
  await append(a, 0);
  const held = await outboxStore.claim(100, 60);
  await append(a, 1);
  await append(b, 0);
  const others = await outboxStore.claim(100, 60);
  expect(held.map((event) => event.data)).toEqual([{ lane: a, n: 0 }]);
  expect(others.map((event) => event.data)).toEqual([{ lane: b, n: 0 }]);
  await outboxStore.settle(held.map(({ id, attempts }) => ({ id, attempts, outcome: "published" })));
  expect((await outboxStore.claim(100, 60)).map((event) => event.data)).toEqual([{ lane: a, n: 1 }]);
});

test("a transaction that appended first is published first, although the other wanted to commit before", async () => {
  const [a = ""] = lanes(1);
  const appended = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const first = supabase.sql.begin(async (sql) => {
    await sql`select private.append_outbox('thing', ${a}, 'test/thing.changed', ${sql.json({ lane: a, n: 0 })})`;
    appended.resolve();
    await mayCommit.promise;
  });
  await appended.promise;
  let secondIsDone = false;
  const second = append(a, 1).then(() => (secondIsDone = true));
  const waiting = () => supabase.sql`
    select 1 from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`;
  await eventually(async () => expect(await waiting()).toHaveLength(1));
  await drainOnce();
  expect(secondIsDone).toBe(false);
  mayCommit.resolve();
  await Promise.all([first, second]);
  await drainOnce();
  expect(inngest.accepted.map((event) => event.data.n)).toEqual([0, 1]);
});

test("a poison event holds up its own aggregate alone, and ends among the dead letters with its cause", async () => {
  const [bad = "", ...good] = lanes(30);
  const poison = await append(bad, 0, { poison: true });
  await append(bad, 1);
  for (const lane of good) await append(lane, 0);
  inngest.answering = (events) => (events.some((event) => event.data["poison"]) ? 400 : 200);
  await expect(drainOnce()).resolves.toEqual({ published: 29, retried: 2, dead: 0, outage: false });
  expect((await rows())[0]).toMatchObject({ refusals: 1, waits: false });
  await expect(drainOnce()).resolves.toMatchObject({ published: 0, retried: 2 });
  expect((await rows())[0]).toMatchObject({ refusals: 2, last_error: expect.stringContaining("400") });

  for (let n = 0; n < 10; n += 1) {
    await passTime();
    await drainOnce();
  }
  const letters = await supabase.sql`select source, subject_id, cause, attempts, payload from private.dead_letters`;
  expect(letters).toEqual([
    {
      source: "outbox",
      subject_id: bad,
      cause: expect.stringContaining("400"),
      attempts: 12,
      payload: { outboxId: poison, data: { poison: true, lane: bad, n: 0 } },
    },
  ]);
  await passTime();
  await drainOnce();
  expect(inngest.accepted.filter((event) => event.data.lane === bad).map((event) => event.data.n)).toEqual([1]);
});

test("waits after a failure: none, so that the next cycle tries again, then 1, 2, 4 … s up to five minutes", async () => {
  const [waits] = await supabase.sql`
    select array_agg(extract(epoch from private.outbox_backoff(n, 300))::int order by n) as seconds from generate_series(1, 12) n`;
  expect(waits?.["seconds"]).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
});

test("an event that makes the service break (500) is found too, and blamed only because others passed", async () => {
  const [bad = "", ...good] = lanes(9);
  await append(bad, 0, { poison: true });
  for (const lane of good) await append(lane, 0);
  inngest.answering = (events) => (events.some((event) => event.data["poison"]) ? 500 : 200);
  await expect(drainOnce()).resolves.toEqual({ published: 8, retried: 1, dead: 0, outage: false });
  expect((await rows())[0]).toMatchObject({ refusals: 1, interruptions: 0 });
});

test("an event larger than Inngest accepts is a dead letter at once, and those behind it go on", async () => {
  const [a = "", b = ""] = lanes(2);
  await append(a, 0, { text: "x".repeat(3 * 1024 * 1024) });
  await append(a, 1);
  await append(b, 0);
  await expect(drainOnce()).resolves.toEqual({ published: 2, retried: 0, dead: 1, outage: false });
  expect(inngest.accepted.map((event) => event.data)).toEqual([
    { lane: a, n: 1 },
    { lane: b, n: 0 },
  ]);
  const [letter] = await supabase.sql`select cause from private.dead_letters`;
  expect(letter?.["cause"]).toMatch(/bytes; Inngest takes at most/);
});

test("an event larger than the plan in use accepts (413) is a dead letter at once", async () => {
  const five = lanes(5);
  for (const [index, lane] of five.entries()) await append(lane, 0, { text: "x".repeat(index === 2 ? 300_000 : 100) });
  inngest.answering = (events) => (events.some((event) => JSON.stringify(event).length > 256 * 1024) ? 413 : 200);
  await expect(drainOnce()).resolves.toEqual({ published: 4, retried: 0, dead: 1, outage: false });
  expect((await rows())[2]).toMatchObject({ dead: true, last_error: expect.stringContaining("413") });
});

test("an outage blames no event, asks once, and passes", async () => {
  const three = lanes(3);
  for (const lane of three) await append(lane, 0);
  inngest.answering = () => 503;
  for (let n = 0; n < 20; n += 1) {
    await passTime();
    await expect(drainOnce()).resolves.toEqual({ published: 0, retried: 3, dead: 0, outage: true });
    if (n === 0) expect(inngest.calls).toHaveLength(1);
  }
  expect(await rows()).toEqual(
    three.map(() => expect.objectContaining({ refusals: 0, interruptions: 20, waits: true })),
  );
  inngest.answering = () => 200;
  await passTime();
  await expect(drainOnce()).resolves.toEqual({ published: 3, retried: 0, dead: 0, outage: false });
});

test("after three days of outage an event is a dead letter with its cause", async () => {
  const [a = "", b = ""] = lanes(2);
  await append(a, 0);
  await append(b, 0);
  await supabase.sql`update private.outbox set created_at = now() - interval '73 hours' where aggregate_id = ${a}`;
  const unreachable = () => Promise.reject(new PublishFailure("unreachable", "Nobody there"));
  await expect(drain({ store: outboxStore, publish: unreachable })).resolves.toEqual({
    published: 0,
    retried: 1,
    dead: 1,
    outage: true,
  });
  expect(await supabase.sql`select subject_id, cause from private.dead_letters`).toEqual([
    { subject_id: a, cause: "PublishFailure: Nobody there" },
  ]);
});

test("a relay whose lease ended cannot fail an event that is another's, but its publishing counts", async () => {
  const [a = ""] = lanes(1);
  await append(a, 0);
  const [slow] = await outboxStore.claim(100, 60);
  await passTime();
  const [quick] = await outboxStore.claim(100, 60);
  if (!slow || !quick) throw new Error("The event was not taken twice.");
  expect([slow.id, quick.attempts]).toEqual([quick.id, slow.attempts + 1]);
  await outboxStore.settle([{ id: slow.id, attempts: slow.attempts, outcome: "refused", error: "late" }]);
  expect(await rows()).toEqual([expect.objectContaining({ refusals: 0, waits: true, last_error: null })]);
  await outboxStore.settle([{ id: slow.id, attempts: slow.attempts, outcome: "published" }]);
  await outboxStore.settle([{ id: quick.id, attempts: quick.attempts, outcome: "refused", error: "again" }]);
  expect(await rows()).toEqual([expect.objectContaining({ published: true, refusals: 0 })]);
});

test("an event under which relays die is taken alone, then never again", async () => {
  const [killer = "", ...others] = lanes(4);
  const id = await append(killer, 0);
  for (const lane of others) await append(lane, 0);
  for (let death = 0; death < 2; death += 1) {
    await passTime();
    expect(await outboxStore.claim(100, 60)).toHaveLength(4);
  }
  await supabase.sql`update private.outbox set attempts = 0 where id <> ${id}`;
  for (let death = 2; death < 5; death += 1) {
    await passTime();
    await supabase.sql`update private.outbox set next_attempt_at = now() - interval '1 s' where id = ${id}`;
    expect((await outboxStore.claim(100, 60)).map((event) => event.id)).toEqual([id]);
  }
  await passTime();
  await expect(drainOnce()).resolves.toMatchObject({ published: 3 });
  expect(await supabase.sql`select cause from private.dead_letters`).toEqual([
    { cause: "The relay took this event and died, each time." },
  ]);
});

test("an aggregate that stands still with thousands of events behind it does not hide the others", async () => {
  const [stuck = "", ...free] = lanes(4);
  await supabase.sql`
    insert into private.outbox (aggregate_type, aggregate_id, name, data, next_attempt_at)
    select 'thing', ${stuck}, 'test/thing.changed', jsonb_build_object('lane', ${stuck}::text, 'n', n),
           case when n = 0 then now() + interval '5 minutes' else now() - interval '1 minute' end
    from generate_series(0, 1500) n`;
  for (const lane of free) await append(lane, 0);
  for (let cycle = 0; cycle < 5; cycle += 1) await drainOnce();
  const [due] =
    await supabase.sql`select count(*)::int as n from private.outbox where published_at is null and next_attempt_at < now() + interval '4 minutes'`;
  expect(due?.["n"]).toBeLessThan(400); // They may stay where they fill no window.
  expect(inngest.accepted.map((event) => event.data.lane).toSorted()).toEqual(free.toSorted());
  await passTime();
  for (let cycle = 0; cycle < 30 && (await readBacklog()).pending > 0; cycle += 1) await drainOnce();
  expect(inngest.accepted).toHaveLength(1504);
  expectInOrder(inngest.accepted);
});
