import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { cacheInstance, cacheSource, useCacheGround } from "../../support/cache.ts";
import { startProductProcess, type ProductProcess } from "../../support/product-process.ts";

const ground = useCacheGround();

describe("the tiers", () => {
  test("are asked from fast to slow, and the faster get a copy", async () => {
    const { state, ask } = cacheSource();
    const one = cacheInstance(ground).cache;
    expect(await one.getOrLoad(ask())).toMatchObject({ value: "one", from: "source", stale: false });
    expect(await one.getOrLoad(ask())).toMatchObject({ value: "one", from: "memory" });
    const other = cacheInstance(ground).cache;
    expect(await other.getOrLoad(ask())).toMatchObject({ value: "one", from: "redis" });
    expect(await other.getOrLoad(ask())).toMatchObject({ value: "one", from: "memory" });
    expect(state.loads).toBe(1);
    expect(other.counters.all()).toMatchObject({ redis_hit: 1, memory_hit: 1, memory_miss: 1 });
    expect(one.counters.all()).toMatchObject({ source_loaded: 1, redis_miss: 1, memory_hit: 1, memory_miss: 1 });
  });

  test("can be skipped by a call", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    await cache.getOrLoad(ask("k", { skip: ["memory"] }));
    expect(await cache.getOrLoad(ask())).toMatchObject({ from: "redis" });
    expect(await cache.getOrLoad(ask("k", { skip: ["memory"] }))).toMatchObject({ from: "redis" });
    expect(await cache.getOrLoad(ask("k", { skip: ["memory", "redis"] }))).toMatchObject({ from: "source" });
    await cache.getOrLoad(ask("local", { skip: ["redis"] }));
    expect(await ground.resp.exists("cache:entry:campaign:1:local")).toBe(0);
    expect(state.loads).toBe(3);
  });

  test("are all renewed by a refresh", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    await cache.getOrLoad(ask());
    state.value = "two";
    expect(await cache.getOrLoad(ask("k", { refresh: true }))).toMatchObject({ value: "two", from: "source" });
    expect(await cache.getOrLoad(ask())).toMatchObject({ value: "two", from: "memory" });
    expect(await cacheInstance(ground).cache.getOrLoad(ask())).toMatchObject({ value: "two", from: "redis" });
  });

  test("keep a value in Redis for its time and the time it may be served stale, no longer", async () => {
    const { ask } = cacheSource();
    await cacheInstance(ground).cache.getOrLoad(ask());
    const ttl = await ground.resp.pttl("cache:entry:campaign:1:k");
    expect(ttl).toBeGreaterThan(24.9 * 3_600_000);
    expect(ttl).toBeLessThanOrEqual(25 * 3_600_000);
  });

  test("do not believe what does not fit the schema", async () => {
    const { state, ask } = cacheSource();
    await ground.resp.set(
      "cache:entry:campaign:1:k",
      JSON.stringify({ value: { not: "a string" }, at: Date.now(), number: 0 }),
    );
    expect(await cacheInstance(ground).cache.getOrLoad(ask())).toMatchObject({ value: "one", from: "source" });
    await ground.resp.set("cache:entry:campaign:1:k", "{broken");
    expect(await cacheInstance(ground).cache.getOrLoad(ask())).toMatchObject({ value: "one", from: "source" });
    expect(state.loads).toBe(2);
  });

  test("never ask Redis for all its keys", async () => {
    const { ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    await ground.resp.config("RESETSTAT");
    await cache.getOrLoad(ask("k", { tags: ["t"] }));
    await cache.invalidate({
      tags: ["t"],
      patterns: [{ cache: "campaign", pattern: "*" }],
      keys: [{ cache: "campaign", key: "k" }],
    });
    await cache.getOrLoad(ask("k", { tags: ["t"] }));
    const stats = await ground.resp.info("commandstats");
    expect(stats).toContain("cmdstat_mget");
    expect(stats).not.toMatch(/cmdstat_(keys|scan|smembers)\b/);
  });
});

describe("an invalidation", () => {
  test.each([
    ["key", { keys: [{ cache: "campaign" as const, key: "list:1" }] }],
    ["tag", { tags: ["campaigns"] }],
    ["pattern", { patterns: [{ cache: "campaign" as const, pattern: "list:*" }] }],
  ])("by %s is seen by every instance within a second, in memory and in Redis", async (_, named) => {
    const { state, ask } = cacheSource();
    const request = ask("list:1", { tags: ["campaigns"] });
    const untouched = ask("detail:1", { tags: ["other"] });
    const [one, other] = [cacheInstance(ground).cache, cacheInstance(ground).cache];
    for (const cache of [one, other]) {
      await cache.getOrLoad(request);
      await cache.getOrLoad(untouched);
    }
    state.value = "two";
    expect(await one.invalidate(named)).toEqual({ redis: "done", failures: [] });
    expect(await one.getOrLoad(request)).toMatchObject({ value: "two", from: "source" });
    await sleep(1_010);
    expect(await other.getOrLoad(request)).toMatchObject({ value: "two", from: "redis" });
    expect(await other.getOrLoad(untouched)).toMatchObject({ value: "one", from: "memory" });
    expect(await cacheInstance(ground).cache.getOrLoad(request)).toMatchObject({ value: "two" });
    expect(state.loads).toBe(3);
  });

  test("while a load runs is not undone by it: nothing stale is written back, here or by another instance", async () => {
    for (const invalidator of ["same", "other"]) {
      const { state, ask } = cacheSource();
      const key = `race-${invalidator}`;
      const [one, other] = [cacheInstance(ground).cache, cacheInstance(ground).cache];
      const { promise: gate, resolve: open } = Promise.withResolvers<void>();
      state.gate = gate;
      const slow = one.getOrLoad(ask(key));
      while (state.loads === 0) await sleep(5);
      state.value = "two";
      await (invalidator === "same" ? one : other).invalidate({ keys: [{ cache: "campaign", key }] });
      open();
      expect((await slow).value).toBe("one");
      expect(await ground.resp.exists(`cache:entry:campaign:1:${key}`)).toBe(0);
      expect(one.counters.of("late_write_refused")).toBe(1);
      state.gate = undefined;
      for (const cache of [one, other, cacheInstance(ground).cache])
        expect((await cache.getOrLoad(ask(key))).value).toBe("two");
    }
  });

  test("by tag or pattern while a load runs refuses its write too", async () => {
    for (const named of [{ tags: ["t"] }, { patterns: [{ cache: "campaign" as const, pattern: "r*" }] }]) {
      const { state, ask } = cacheSource();
      await ground.resp.flushall();
      const { promise: gate, resolve: open } = Promise.withResolvers<void>();
      state.gate = gate;
      const { cache } = cacheInstance(ground);
      const slow = cache.getOrLoad(ask("r1", { tags: ["t"] }));
      while (state.loads === 0) await sleep(5);
      await cacheInstance(ground).cache.invalidate(named);
      open();
      await slow;
      expect(await ground.resp.exists("cache:entry:campaign:1:r1")).toBe(0);
    }
  });

  test("lets nobody who asks after it join a load from before it", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    state.gate = gate;
    const before = cache.getOrLoad(ask("k", { skip: ["redis"] }));
    state.value = "two";
    await cache.invalidate({ keys: [{ cache: "campaign", key: "k" }] });
    const after = cache.getOrLoad(ask("k", { skip: ["redis"] }));
    open();
    expect([(await before).value, (await after).value]).toEqual(["one", "two"]);
  });

  test("is published and told to each CDN, and one that fails hinders nothing else", async () => {
    const told: string[] = [];
    const { cache, warnings } = cacheInstance(ground, {
      cdns: [
        { invalidate: () => Promise.reject(new Error("CDN away")) },
        { invalidate: async ({ tags }) => void told.push(`cdn ${tags.join()}`) },
      ],
      publish: async ({ tags }) => void told.push(`event ${tags.join()}`),
    });
    const report = await cache.invalidate({ tags: ["t"] });
    expect(report).toMatchObject({ redis: "done", failures: [new Error("CDN away")] });
    expect(told.sort()).toEqual(["cdn t", "event t"]);
    expect(warnings).toEqual(["an invalidation did not reach everywhere"]);
    await cache.invalidate({ tags: ["again"] }, { publish: false });
    expect(told).not.toContain("event again");
  });

  test("by more patterns than can be kept still invalidates what the oldest meant", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    await cache.getOrLoad(ask("p0:x"));
    state.value = "two";
    for (let n = 0; n < 80; n++) await cache.invalidate({ patterns: [{ cache: "campaign", pattern: `p${n}:*` }] });
    expect(((await ground.resp.get("cache:mark:pattern:campaign")) ?? "").split("\n").length).toBeLessThanOrEqual(65);
    expect((await cacheInstance(ground).cache.getOrLoad(ask("p0:x"))).value).toBe("two");
    expect(await cacheInstance(ground).cache.getOrLoad(ask("p0:x"))).toMatchObject({ value: "two", from: "redis" });
  });

  test("that an instance has missed the log of drops all of its memory", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    await cache.getOrLoad(ask());
    await cacheInstance(ground).cache.invalidate({ tags: ["lost"] });
    await ground.resp.del("cache:log");
    state.value = "two";
    await ground.resp.del("cache:entry:campaign:1:k");
    await sleep(1_010);
    expect((await cache.getOrLoad(ask())).value).toBe("two");
  });
});

describe("many at once", () => {
  test("a thousand misses in one process are one load", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    const all = await Promise.all(Array.from({ length: 1_000 }, () => cache.getOrLoad(ask())));
    expect(state.loads).toBe(1);
    expect(new Set(all.map(({ value }) => value))).toEqual(new Set(["one"]));
  });

  test("a failed load is shared by who waited, and then tried again", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    state.failure = new AppError("not_found", "no");
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => cache.getOrLoad(ask())));
    expect(all.every(({ status }) => status === "rejected")).toBe(true);
    expect(state.loads).toBe(1);
    state.failure = undefined;
    expect((await cache.getOrLoad(ask())).value).toBe("one");
  });

  test("a caller may leave, and the load goes on for the others", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    state.gate = gate;
    const leaving = new AbortController();
    const first = cache.getOrLoad(ask("k", { signal: leaving.signal }));
    const second = cache.getOrLoad(ask());
    leaving.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    open();
    expect((await second).value).toBe("one");
    expect(state.loads).toBe(1);
  });

  describe("in two processes", () => {
    let server: Server;
    let loads: string[] = [];
    let value = 1;
    let holdMs = 300;
    const processes: ProductProcess[] = [];

    beforeAll(async () => {
      server = createServer((request, response) => {
        loads.push(request.url ?? "");
        const now = value;
        setTimeout(() => response.end(JSON.stringify(now)), holdMs);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const env = {
        SOURCE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        UPSTASH_REDIS_REST_URL: ground.url,
        UPSTASH_REDIS_REST_TOKEN: ground.token,
      };
      const start = () => startProductProcess("tests/integration/platform/cache-process.ts", env);
      processes.push(...(await Promise.all([start(), start()])));
    });
    afterAll(async () => {
      await Promise.all(processes.map((process) => process.close()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    beforeEach(() => {
      loads = [];
      value = 1;
      holdMs = 300;
    });

    test("a thousand misses are one load", async () => {
      const answers = await Promise.all(processes.map((process) => process.ask("get hot 500")));
      expect(answers.map((answer) => (JSON.parse(answer) as { values: number[] }).values)).toEqual([[1], [1]]);
      expect(loads).toEqual(["/hot"]);
    });

    test("a process killed in the middle of its load keeps the other waiting no longer than the lock lives", async () => {
      const [doomed, other] = processes;
      if (!doomed || !other) throw new Error("two processes were started");
      holdMs = 60_000;
      void doomed.ask("get orphan 1").catch(() => undefined);
      while (loads.length === 0) await sleep(10);
      await doomed.crash();
      holdMs = 10;
      const start = performance.now();
      const answer = JSON.parse(await other.ask("get orphan 1")) as { values: number[] };
      expect(answer.values).toEqual([1]);
      expect(performance.now() - start).toBeLessThan(40_000);
      expect(loads).toEqual(["/orphan", "/orphan"]);
    });
  });
});
