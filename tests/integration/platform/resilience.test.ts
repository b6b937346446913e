import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { outageOpenedSchema, outageRecoveredSchema } from "@/lib/platform/resilience/events";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { TEST_APP_URL, useSupabase } from "../../support/supabase.ts";
import { productEnv, useProductEnv } from "../../support/product-env.ts";
import { startProductProcess, type ProductProcess } from "../../support/product-process.ts";

const supabase = useSupabase();
useProductEnv({ supabase });

let service: Server;
let target: string;
let status = 200;
let calls = 0;
let delayMs = 0;

beforeAll(async () => {
  service = createServer((_, response) => {
    calls += 1;
    const now = status;
    setTimeout(() => response.writeHead(now).end(), delayMs);
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  target = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterAll(async () => {
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
});
beforeEach(() => {
  calls = 0;
  delayMs = 0;
  status = 200;
});

const outages = () =>
  supabase.sql<
    { id: string; recovered_at: Date | null; cause: string }[]
  >`select id, recovered_at, cause from private.outages`;
const events = () =>
  supabase.sql<
    { name: string; data: unknown }[]
  >`select name, data from private.outbox where name like 'platform/outage.%' order by created_at`;

describe("an outage noticed by two processes", () => {
  const processes: ProductProcess[] = [];
  const start = async () => {
    const process = await startProductProcess("tests/integration/platform/outage-process.ts", {
      ...productEnv({ supabase }),
      APP_URL: TEST_APP_URL,
      TARGET_URL: target,
    });
    processes.push(process);
    return process;
  };
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.close()));
  });

  test("is one row and one event, and so is its end", async () => {
    const both = await Promise.all([start(), start()]);
    status = 503;
    const opened = await Promise.all(both.map((process) => process.ask("call 5")));
    expect(opened.map((answer) => JSON.parse(answer) as unknown)).toEqual([
      { state: "open", warnings: [] },
      { state: "open", warnings: [] },
    ]);
    expect(await outages()).toMatchObject([{ recovered_at: null, cause: "Error: HTTP 503" }]);
    expect((await events()).map(({ name }) => name)).toEqual(["platform/outage.opened"]);

    await sleep(450);
    status = 200;
    const closed = await Promise.all(both.map((process) => process.ask("call 3")));
    expect(closed.map((answer) => (JSON.parse(answer) as { state: string }).state)).toEqual(["closed", "closed"]);
    const [outage, ...others] = await outages();
    expect(others).toEqual([]);
    expect(outage?.recovered_at).toBeInstanceOf(Date);
    const [first, second, ...further] = await events();
    expect(further).toEqual([]);
    expect(outageOpenedSchema.parse(first?.data)).toMatchObject({ service: "stripe", outageId: outage?.id });
    expect(outageRecoveredSchema.parse(second?.data)).toMatchObject({ service: "stripe", outageId: outage?.id });
  });

  test("that a crashed process has left open ends with a new process's first success, once nobody confirms it", async () => {
    await supabase.sql`delete from private.outages`;
    const doomed = await start();
    status = 503;
    await doomed.ask("call 5");
    await doomed.crash();
    status = 200;
    const early = await start();
    await early.ask("call 1");
    expect(await outages()).toMatchObject([{ recovered_at: null }]);
    await supabase.sql`update private.outages set opened_at = now() - interval '10 minutes', confirmed_at = now() - interval '6 minutes'`;
    const late = await start();
    await late.ask("call 1");
    expect((await outages()).map(({ recovered_at }) => recovered_at)).toEqual([expect.any(Date)]);
  });

  test("begins nothing when it is reported after its end", async () => {
    await supabase.sql`delete from private.outages`;
    const service_role = supabase.asService();
    const open = (at: string) =>
      service_role.rpc("record_outage_opened", { p_service: "mail", p_cause: "x", p_opened_at: at });
    const recover = (at: string) =>
      service_role.rpc("record_outage_recovered", { p_service: "mail", p_recovered_at: at });
    expect((await open("2026-11-01T10:00:00Z")).data).toBe(true);
    expect((await open("2026-11-01T10:00:05Z")).data).toBe(false);
    expect((await recover("2026-11-01T10:01:00Z")).data).toBe(true);
    expect((await recover("2026-11-01T10:01:01Z")).data).toBe(false);
    expect((await open("2026-11-01T10:00:30Z")).data).toBe(false);
    expect((await open("2026-11-01T10:02:00Z")).data).toBe(true);
  });

  test.each(["anon", "authenticated"])("is not for %s to report", async (role) => {
    const client = role === "anon" ? supabase.asAnon() : (await supabase.asUser()).client;
    const opened = await client.rpc("record_outage_opened", {
      p_service: "mail",
      p_cause: "x",
      p_opened_at: "2026-11-01T10:00:00Z",
    });
    const recovered = await client.rpc("record_outage_recovered", {
      p_service: "mail",
      p_recovered_at: "2026-11-01T10:00:00Z",
    });
    expect([opened.error?.code, recovered.error?.code]).toEqual(["42501", "42501"]);
  });
});

describe("a breaker under 100 parallel calls over real sockets", () => {
  const call = (resilience: Resilience) =>
    resilience.run("github", async ({ signal }) => {
      const response = await fetch(target, { signal });
      if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status });
      return response.status;
    });

  test("opens, spares the service, and closes after three successes", async () => {
    const github = {
      ...POLICIES.github,
      attempts: 1,
      breaker: { ...POLICIES.github.breaker, pingMs: 0 },
      bulkhead: { concurrent: 100, queued: 0 },
    };
    const resilience = new Resilience({ ...POLICIES, github }, () => "UTC");
    const back = Promise.withResolvers<void>();
    resilience.pingWith("github", () => back.promise);
    const parallel = () => Promise.allSettled(Array.from({ length: 100 }, () => call(resilience)));
    const state = () => resilience.states().find(({ policy }) => policy === "github")?.state;

    status = 503;
    delayMs = 50;
    await parallel();
    expect(state()).toBe("open");
    calls = 0;
    const spared = await parallel();
    expect(calls).toBe(0);
    expect(
      spared.every((result) => result.status === "rejected" && /is taken to be down/.test(String(result.reason))),
    ).toBe(true);

    status = 200;
    back.resolve();
    await back.promise;
    const trial = await parallel();
    expect(calls).toBe(3);
    expect(trial.filter((result) => result.status === "fulfilled")).toHaveLength(3);
    expect(state()).toBe("closed");
    const after = await parallel();
    expect(after.every((result) => result.status === "fulfilled")).toBe(true);
  });

  test("ends a call to a service that hangs, by its own time limit", async () => {
    const github = { ...POLICIES.github, attempts: 1, timeoutMs: 150 };
    const resilience = new Resilience({ ...POLICIES, github }, () => "UTC");
    delayMs = 10_000;
    await expect(call(resilience)).rejects.toThrow(
      "github did not answer in time (1 attempt): no answer within 150 ms",
    );
  });
});
