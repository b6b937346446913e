import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { flushAnalytics, onAnalyticsCount, recordAnalytics } from "@/lib/platform/batch/analytics";
import { Batcher } from "@/lib/platform/batch/batcher";
import type { AnalyticsEvent } from "@/lib/platform/batch/events";
import { writeAnalytics } from "@/lib/platform/batch/store";
import { productEnv, useProductEnv } from "../../support/product-env.ts";
import { startProductProcess } from "../../support/product-process.ts";
import { useSupabase } from "../../support/supabase.ts";

const supabase = useSupabase();
/** `pass`; `lose`: the call takes effect and its answer is lost; `cut`: the connection breaks before. */
let wire: "pass" | "lose" | "cut" = "pass";
let proxy: Server;
let calls = 0;

beforeAll(async () => {
  proxy = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    calls += 1;
    if (wire === "cut") return void request.socket.destroy();
    const answer = await fetch(`${supabase.url}${request.url}`, {
      method: request.method ?? "GET",
      headers: { ...(request.headers as Record<string, string>), host: new URL(supabase.url).host },
      body: Buffer.concat(body),
    });
    const text = await answer.text();
    if (wire === "lose") return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  proxy.closeAllConnections();
  proxy.close();
});
beforeEach(async () => {
  wire = "pass";
  calls = 0;
  await supabase.sql`delete from private.analytics_events`;
});
useProductEnv({
  supabase,
  further: () => ({ SUPABASE_URL: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }),
});

const written = async () => Number((await supabase.sql`select count(*) as n from private.analytics_events`)[0]?.["n"]);
const event = (id: string = randomUUID()): AnalyticsEvent => ({
  id,
  name: "analysis.started",
  properties: { outcome: "started", private: false },
  occurredAt: new Date().toISOString(),
});

test("250 events are three writes, with what they say", async () => {
  for (let n = 0; n < 250; n += 1) recordAnalytics("analysis.completed", { outcome: "completed", seconds: n });
  await vi.waitFor(async () => expect(await written()).toBe(250), { timeout: 5_000 });
  expect(calls).toBe(3);
  const [row] =
    await supabase.sql`select name, properties from private.analytics_events where properties ->> 'seconds' = '249'`;
  expect(row).toEqual({ name: "analysis.completed", properties: { outcome: "completed", seconds: 249 } });
});

test("after() writes what waits at once", async () => {
  recordAnalytics("analysis.started", { outcome: "joined", private: true });
  await flushAnalytics();
  expect(await written()).toBe(1);
});

test("what could name somebody is not taken", async () => {
  const named = { outcome: "started", private: false, email: "ada@devmentor.test" } as const;
  expect(recordAnalytics("analysis.started", named)).toBe(false);
  await flushAnalytics();
  expect(await written()).toBe(0);
});

test("a write that took effect although its answer got lost is repeated, and nothing stands twice", async () => {
  const retried = vi.fn<() => void>();
  const end = onAnalyticsCount((count) => {
    if (count === "retried") retried();
  });
  wire = "lose";
  for (let n = 0; n < 40; n += 1) recordAnalytics("analysis.started", { outcome: "started", private: false });
  await flushAnalytics();
  expect(await written()).toBe(40);
  expect(retried).toHaveBeenCalledOnce();
  wire = "pass";
  await flushAnalytics();
  expect(await written()).toBe(40);
  end();
});

test("a flush that fails half way loses nothing and writes nothing twice", async () => {
  const made = new Batcher<AnalyticsEvent>({
    // The second of three batches meets a broken connection.
    write: async (batch) => {
      if (calls === 1) wire = "cut";
      await writeAnalytics(batch);
    },
    maxItems: 100,
    maxAgeMs: 60_000,
    capacity: 1_000,
    log: { warn: () => undefined, error: () => undefined },
  });
  const events = Array.from({ length: 250 }, () => event());
  for (const one of events.slice(0, 99)) made.add(one);
  const flushed = made.flush();
  for (const one of events.slice(99)) made.add(one);
  await flushed;
  await made.flush();
  expect(await written()).toBe(99);
  expect(made.waiting).toBe(151);
  wire = "pass";
  calls = 10;
  await made.flush();
  expect(await written()).toBe(250);
  expect(made.waiting).toBe(0);
});

test("a batch with an event that the database refuses writes nothing of it, then all the others", async () => {
  const poison = { ...event(), name: "Not A Name" as "analysis.started" };
  const good = Array.from({ length: 9 }, () => event());
  await expect(writeAnalytics([...good, poison])).rejects.toMatchObject({ code: "rule_broken" });
  expect(await written()).toBe(0);
  const made = new Batcher<AnalyticsEvent>({
    write: writeAnalytics,
    maxItems: 100,
    maxAgeMs: 60_000,
    capacity: 100,
    log: { warn: () => undefined, error: () => undefined },
  });
  for (const one of [...good.slice(0, 4), poison, ...good.slice(4)]) made.add(one);
  for (let attempt = 0; attempt < 3; attempt += 1) await made.flush();
  expect(await written()).toBe(9);
  expect(made.waiting).toBe(0);
});

test("a process that is told to end writes what it has", async () => {
  const child = await startProductProcess("tests/integration/platform/analytics-process.ts", productEnv({ supabase }));
  await child.ask("record 60");
  await child.close();
  expect(await written()).toBe(60);
});
