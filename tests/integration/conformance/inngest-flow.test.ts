import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningService } from "../../../devstack/service.ts";
import {
  clientFor,
  EVENT_KEY,
  endedRun,
  register,
  getJson,
  runDetail,
  runsOf,
  serveApp,
  startExecutor,
  until,
  type TestApp,
} from "./inngest-harness.ts";
import { startTestDatabase, type TestDatabase } from "./inngest-database.ts";

/** What starts a run, and what governs how many go at once: events, triggers, crons, limits, batches. */

let database: TestDatabase;
let executor: RunningService;
let app: TestApp;
let client: ReturnType<typeof clientFor>;
const atWork = new Map<string, number>();
const most = new Map<string, number>();
/** Nobody leaves work before the test says so: who is let in meanwhile is what the limits let in. */
const doors = Promise.withResolvers<void>();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Notes how many of a group are at work at the same time. */
async function work(group: string): Promise<void> {
  const now = (atWork.get(group) ?? 0) + 1;
  atWork.set(group, now);
  most.set(group, Math.max(most.get(group) ?? 0, now));
  await doors.promise;
  await pause(20);
  atWork.set(group, (atWork.get(group) ?? 1) - 1);
}

beforeAll(async () => {
  database = await startTestDatabase();
  executor = await startExecutor(database.url);
  client = clientFor(executor.url);
  app = await serveApp(client, [
    client.createFunction({ id: "echo", triggers: [{ event: "f/echo" }] }, ({ event }) => event),
    client.createFunction(
      {
        id: "choosy",
        triggers: [
          {
            event: "f/choose",
            if: "event.data.amount > 100 && (event.data.country in ['DE', 'FR'] || has(event.data.vip))",
          },
          { event: "f/other" },
          { event: "wild/*" },
        ],
      },
      ({ event }: { event: { name: string } }) => event.name,
    ),
    client.createFunction(
      { id: "ticker", triggers: [{ cron: "* * * * * *" }] },
      ({ event }: { event: { name: string } }) => event.name,
    ),
    client.createFunction(
      {
        id: "cancellable",
        triggers: [{ event: "f/order" }],
        cancelOn: [
          { event: "f/cancel", match: "data.order" },
          { event: "f/stop", if: "async.data.all == true" },
        ],
      },
      async ({ step }) => {
        await step.sleep("long", "1h");
      },
    ),
    client.createFunction({ id: "limited", triggers: [{ event: "f/limited" }], concurrency: { limit: 2 } }, () =>
      work("limited"),
    ),
    client.createFunction(
      { id: "keyed", triggers: [{ event: "f/keyed" }], concurrency: { limit: 1, key: "event.data.user" } },
      ({ event }) => work(String(event.data["user"])),
    ),
    client.createFunction(
      {
        id: "batched",
        triggers: [{ event: "f/batched" }],
        batchEvents: { maxSize: 3, timeout: "1s", key: "event.data.group" },
      },
      ({ events }: { events: { data: Record<string, unknown> }[] }) => events.map((event) => event.data["n"]),
    ),
    client.createFunction(
      { id: "once", triggers: [{ event: "f/once" }], idempotency: "event.data.order" },
      ({ event }) => event.data["order"] as string,
    ),
  ]);
  await register(app);
});

afterAll(async () => {
  await executor?.close();
  await app?.close();
  await database?.close();
});

test("an event id that came before starts nothing again, alone or in a batch, and answers with the first id", async () => {
  const [first] = (await client.send({ id: "outbox-1", name: "f/echo", data: { n: 1 } })).ids;
  await endedRun(executor.url, "outbox-1", "app-echo");
  const again = await client.send([
    { id: "outbox-1", name: "f/echo", data: { n: 2 } },
    { id: "outbox-2", name: "f/echo", data: { n: 3 } },
    { id: "outbox-2", name: "f/echo", data: { n: 4 } },
  ]);
  expect(again.ids).toHaveLength(3);
  expect(again.ids[0]).toBe(first);
  expect(again.ids[2]).toBe(again.ids[1]);
  const second = await endedRun(executor.url, "outbox-2", "app-echo");
  expect(second.output).toMatchObject({ id: "outbox-2", data: { n: 3 } });
  expect(await runsOf(executor.url, { function: "app-echo" })).toHaveLength(2);
});

test("the SDK's own retry of a POST (same id seed) does not send an event twice", async () => {
  const send = () =>
    getJson<{ ids: string[] }>(`${executor.url}/e/${EVENT_KEY}`, {
      method: "POST",
      headers: { "x-inngest-event-id-seed": "1790000000000,c2VlZHNlZWRzZQ==" },
      body: JSON.stringify([
        { name: "f/echo", data: { seeded: 1 } },
        { name: "f/echo", data: { seeded: 2 } },
      ]),
    });
  const [one, two] = [await send(), await send()];
  expect(two.ids).toEqual(one.ids);
  expect(new Set(one.ids).size).toBe(2);
  for (const id of one.ids) expect(await runsOf(executor.url, { event: id })).toHaveLength(1);
});

test("a wrong event key and an unreadable event are refused", async () => {
  const wrong = await fetch(`${executor.url}/e/wrong`, { method: "POST", body: "{}" });
  expect(wrong.status).toBe(401);
  const nameless = await fetch(`${executor.url}/e/${EVENT_KEY}`, {
    method: "POST",
    body: JSON.stringify({ data: {} }),
  });
  expect(nameless.status).toBe(400);
  expect(await nameless.text()).toContain("name");
  expect((await fetch(`${executor.url}/e/${EVENT_KEY}`, { method: "POST", body: "{" })).status).toBe(400);
  await expect(clientFor(executor.url, { eventKey: "wrong" }).send({ name: "f/echo" })).rejects.toThrow(
    "The event key is not this executor's",
  );
});

test("a function has several triggers, each with its condition; a name may end in *", async () => {
  const { ids } = await client.send([
    { name: "f/choose", data: { amount: 500, country: "DE" } },
    { name: "f/choose", data: { amount: 500, country: "US", vip: false } },
    { name: "f/choose", data: { amount: 500, country: "US" } },
    { name: "f/choose", data: { amount: 50, country: "DE" } },
    { name: "f/choose", data: {} },
    { name: "f/other" },
    { name: "wild/horse" },
    { name: "wilder" },
  ]);
  const counts = await Promise.all(
    ids.map(async (event) => (await runsOf(executor.url, { event, function: "app-choosy" })).length),
  );
  expect(counts).toEqual([1, 1, 0, 0, 0, 1, 1, 0]);
});

test("a cron runs at each tick, once", async () => {
  const runs = await until(async () => {
    const ended = await runsOf(executor.url, { function: "app-ticker", status: "completed" });
    return ended.length >= 2 && ended;
  });
  expect((await runDetail(executor.url, runs[0]?.id ?? "")).output).toBe("inngest/scheduled.timer");
  const seconds = (await Promise.all(runs.map((run) => runDetail(executor.url, run.id)))).map(
    (run) => run.events[0]?.ts,
  );
  expect(new Set(seconds).size).toBe(runs.length);
});

test("cancelOn ends exactly the runs that its match or condition names", async () => {
  const { ids } = await client.send([
    { name: "f/order", data: { order: 1 } },
    { name: "f/order", data: { order: 2 } },
    { name: "f/order", data: { order: 3 } },
  ]);
  const states = () => Promise.all(ids.map(async (event) => (await runsOf(executor.url, { event }))[0]?.status));
  await until(async () => (await states()).every((state) => state === "running"));
  await client.send([
    { name: "f/cancel", data: { order: 2 } },
    { name: "f/cancel", data: {} },
    { name: "f/stop", data: { all: "true" } },
  ]);
  expect(await states()).toEqual(["running", "cancelled", "running"]);
  await client.send({ name: "f/stop", data: { all: true } });
  expect(await states()).toEqual(["cancelled", "cancelled", "cancelled"]);
});

test("concurrency holds the number of requests at once, for a function and for each key", async () => {
  const { ids } = await client.send([
    ...Array.from({ length: 6 }, () => ({ name: "f/limited" })),
    ...["ann", "ann", "ann", "bob", "bob", "bob"].map((user) => ({ name: "f/keyed", data: { user } })),
  ]);
  const inside = () => Object.fromEntries(atWork);
  await until(() => atWork.get("limited") === 2 && atWork.get("ann") === 1 && atWork.get("bob") === 1);
  await pause(300); // Time for one too many to come in.
  expect(inside()).toEqual({ limited: 2, ann: 1, bob: 1 });
  doors.resolve();
  await Promise.all(ids.map((id, index) => endedRun(executor.url, id, index < 6 ? "app-limited" : "app-keyed")));
  expect(Object.fromEntries(most)).toEqual({ limited: 2, ann: 1, bob: 1 });
});

test("batchEvents runs a full batch at once and the rest after its time, by key", async () => {
  const { ids } = await client.send(
    [1, 2, 3, 4]
      .map((n) => ({ name: "f/batched", data: { n, group: "a" } }))
      .concat([{ name: "f/batched", data: { n: 9, group: "b" } }]),
  );
  const outputs = await Promise.all(ids.map(async (id) => (await endedRun(executor.url, id, "app-batched")).output));
  expect(outputs).toEqual([[1, 2, 3], [1, 2, 3], [1, 2, 3], [4], [9]]);
  expect(await runsOf(executor.url, { function: "app-batched" })).toHaveLength(3);
});

test("idempotency starts one run a key", async () => {
  const { ids } = await client.send(["x", "x", "y", "x"].map((order) => ({ name: "f/once", data: { order } })));
  const counts = await Promise.all(ids.map(async (event) => (await runsOf(executor.url, { event })).length));
  expect(counts).toEqual([1, 0, 1, 0]);
});

test("a run is replayed with its event, and cancelled by hand", async () => {
  const { ids } = await client.send({ name: "f/order", data: { order: 77 } });
  const run = await until(async () => (await runsOf(executor.url, { event: ids[0] ?? "" }))[0]);
  expect((await fetch(`${executor.url}/v0/runs/${run.id}/cancel`, { method: "POST" })).status).toBe(200);
  expect((await fetch(`${executor.url}/v0/runs/${run.id}/cancel`, { method: "POST" })).status).toBe(409);
  const replay = await getJson<{ id: string }>(`${executor.url}/v0/runs/${run.id}/replay`, { method: "POST" });
  const again = await until(async () => {
    const detail = await runDetail(executor.url, replay.id);
    return detail.status === "running" && detail;
  });
  expect(again.replayOf).toBe(run.id);
  expect(again.events[0]?.data).toEqual({ order: 77 });
});
