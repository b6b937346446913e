import { randomUUID } from "node:crypto";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { State, type StateCount } from "@/lib/platform/state/state";
import { stateTable, type StateTruth } from "@/lib/platform/state/store";
import { productEnv, useProductEnv } from "../../support/product-env.ts";
import { startProductProcess, type ProductProcess } from "../../support/product-process.ts";
import { useSupabase } from "../../support/supabase.ts";
import { useFallibleRedis } from "../../support/fallible-redis.ts";

const supabase = useSupabase();
const redis = useFallibleRedis();
useProductEnv({ supabase, redis });

const counter = (key: string) => ({
  scope: "learning-session" as const,
  key,
  schema: z.object({ count: z.number() }),
  initial: { count: 0 },
});
const one = ({ count }: { count: number }) => ({ count: count + 1 });

/** A process's view of the state, with a clock that can be put forward. */
function instance(truth: StateTruth = stateTable) {
  const client = new Redis({
    url: redis.url,
    token: redis.token,
    retry: false,
    signal: () => AbortSignal.timeout(500),
  });
  const counts: StateCount[] = [];
  const clock = { ahead: 0 };
  const state = new State({
    callRedis: (call) => call(client),
    truth,
    onCount: (count) => counts.push(count),
    log: { warn: () => undefined },
    now: () => Date.now() + clock.ahead,
  });
  return { state, counts, clock };
}

const events = () => supabase.sql`select data from private.outbox where name = 'state/changed' order by created_at`;

describe("20 processes that change one key", () => {
  const WRITERS = 20;
  const EACH = 3;
  const processes: ProductProcess[] = [];
  beforeAll(async () => {
    const env = productEnv({ supabase, redis });
    // A few at a time: each compiles the product before it is ready.
    while (processes.length < WRITERS) {
      const more = Array.from({ length: 5 }, () =>
        startProductProcess("tests/integration/platform/state-process.ts", env),
      );
      processes.push(...(await Promise.all(more)));
    }
  }, 240_000);
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.close()));
  });

  test("lose no update", async () => {
    const key = randomUUID();
    const answers = await Promise.all(
      processes.map(async (process) => JSON.parse(await process.ask(`add ${key} ${EACH}`))),
    );
    expect(answers.filter((answer) => answer.versions === undefined)).toEqual([]);
    const versions = answers.flatMap((answer) => answer.versions as number[]);
    const unknown = answers.reduce((sum, answer) => sum + (answer.unknown as number), 0);
    const [row] = await supabase.sql`select version::int, value from private.states where key = ${key}`;
    const made = row?.["version"] as number;
    // Each addition that was confirmed has a version of its own, and each version added one.
    expect(versions).toHaveLength(WRITERS * EACH - unknown);
    expect(new Set(versions).size).toBe(versions.length);
    expect(made).toBeGreaterThanOrEqual(versions.length);
    expect(made).toBeLessThanOrEqual(WRITERS * EACH);
    expect(row).toMatchObject({ value: { count: made } });
    await vi.waitFor(async () => {
      for (const process of processes.slice(0, 3))
        expect(JSON.parse(await process.ask(`read ${key}`))).toMatchObject({ value: { count: made } });
    });
  }, 180_000);
});

describe("two instances", () => {
  test("see each other's writes within a second, and read from memory and Redis else", async () => {
    const [a, b] = [instance(), instance()];
    const of = counter(randomUUID());
    expect(await a.state.read(of)).toEqual({ value: { count: 0 }, version: 0 });
    await a.state.update(of, one);
    expect(await b.state.read(of)).toEqual({ value: { count: 1 }, version: 1 });
    expect(b.counts).toEqual(["redis_hit"]);
    expect(await b.state.read(of)).toMatchObject({ version: 1 });
    expect(b.counts).toEqual(["redis_hit", "memory_hit"]);

    await a.state.update(of, one);
    b.clock.ahead += 1_000;
    expect(await b.state.read(of)).toEqual({ value: { count: 2 }, version: 2 });
    b.clock.ahead += 60_000;
    expect(await b.state.read(of)).toMatchObject({ version: 2 });
    expect(b.counts.slice(2)).toEqual(["redis_hit", "redis_hit"]);
  });

  test("a change from an old copy is seen as a conflict and made anew", async () => {
    const [a, b] = [instance(), instance()];
    const of = counter(randomUUID());
    await a.state.update(of, one);
    await b.state.read(of);
    await a.state.update(of, one);
    // b still has version 1 in memory and has not looked since.
    expect(await b.state.update(of, one)).toEqual({ value: { count: 3 }, version: 3 });
    expect(b.counts).toContain("conflict");
  });

  test("gives up after five retries, and the change was not made", async () => {
    const [rival, late] = [instance(), instance()];
    const of = counter(randomUUID());
    // Somebody is always faster.
    const overtaken: StateTruth = {
      ...stateTable,
      write: async (write) => {
        await rival.state.update(of, one);
        return stateTable.write(write);
      },
    };
    const { state, counts } = instance(overtaken);
    const failure = await state.update(of, () => ({ count: 999 })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppError);
    expect((failure as AppError).code).toBe("conflict");
    expect(counts.filter((count) => count === "conflict")).toHaveLength(6);
    expect(await late.state.read(of)).toEqual({ value: { count: 6 }, version: 6 });
  });

  test("a copy read before a write is not kept after it", async () => {
    const of = counter(randomUUID());
    const writer = instance();
    await writer.state.update(of, one);
    await redis.resp.flushall();
    const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = instance({
      ...stateTable,
      read: async (...name) => {
        const row = await stateTable.read(...name);
        reached.resolve();
        await held.promise;
        return row;
      },
    });
    const reading = slow.state.read(of);
    await reached.promise;
    await writer.state.update(of, one);
    held.resolve();
    expect(await reading).toMatchObject({ version: 1 });
    slow.clock.ahead += 1_000;
    expect(await slow.state.read(of)).toMatchObject({ version: 2 });
    expect(await instance().state.read(of)).toMatchObject({ version: 2 });
  });
});

describe("a write whose answer got lost", () => {
  test("takes effect once", async () => {
    const of = counter(randomUUID());
    let lost = 0;
    const { state } = instance({
      ...stateTable,
      write: async (write) => {
        const answer = await stateTable.write(write);
        lost += 1;
        if (lost === 1) throw new AppError("database_unavailable", "The connection broke.");
        return answer;
      },
    });
    expect(await state.update(of, one)).toEqual({ value: { count: 1 }, version: 1 });
    expect(lost).toBe(2);
  });
});

test("what is too large is refused, and nothing is written", async () => {
  const { state } = instance();
  const of = {
    scope: "pattern-space" as const,
    key: randomUUID(),
    schema: z.object({ text: z.string() }),
    initial: { text: "" },
  };
  await expect(state.update(of, () => ({ text: "x".repeat(300_000) }))).rejects.toMatchObject({ code: "rule_broken" });
  expect(await state.read(of)).toMatchObject({ version: 0 });
});

describe("with Redis killed", () => {
  beforeEach(async () => {
    await supabase.sql`delete from private.outbox where name = 'state/changed'`;
  });

  test("writes count, everybody sees them, and Redis's old copy is never believed again", async () => {
    const [a, b] = [instance(), instance()];
    const of = counter(randomUUID());
    await a.state.update(of, one);
    await b.state.read(of);
    await redis.resp.save();
    await redis.kill();
    a.clock.ahead += 1_000;
    b.clock.ahead += 1_000;

    expect(await a.state.update(of, one)).toEqual({ value: { count: 2 }, version: 2 });
    expect(await b.state.read(of)).toEqual({ value: { count: 2 }, version: 2 });
    // What the writer owes Redis stands in the outbox, in case the writer dies too.
    expect(await events()).toEqual([{ data: { scope: of.scope, key: of.key, version: 2 } }]);

    await redis.restart();
    expect(await redis.resp.get(`state:copy:${of.scope}:${of.key}`)).toContain('{"count":1}');
    b.clock.ahead += 1_000;
    expect(await b.state.read(of)).toMatchObject({ version: 2 });

    // A process that knows nothing of the outage, after the event was handled.
    await instance().state.announce(of.scope, of.key, 2);
    expect(await instance().state.read(of)).toMatchObject({ version: 2 });
  });

  test("a flush makes it slower, not wrong", async () => {
    const [a, b] = [instance(), instance()];
    const of = counter(randomUUID());
    await a.state.update(of, one);
    await b.state.read(of);
    await redis.resp.flushall();
    await a.state.update(of, one);
    b.clock.ahead += 1_000;
    expect(await b.state.read(of)).toMatchObject({ version: 2 });
    expect(await events()).toEqual([]);
  });
});
