import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { cacheInstance, cacheSource, useCacheGround } from "../../support/cache.ts";

const ground = useCacheGround();

const DOWN = new AppError("database_unavailable", "away");

describe("while the source is down", () => {
  test("the last known value is served with its age, marked as stale; also after an invalidation where that is allowed", async () => {
    const { state, ask } = cacheSource();
    const one = cacheInstance(ground).cache;
    await one.getOrLoad(ask());
    await one.invalidate({ keys: [{ cache: "campaign", key: "k" }] });
    state.failure = DOWN;
    await sleep(50);
    const fromMemory = await one.getOrLoad(ask());
    expect(fromMemory).toMatchObject({ value: "one", stale: true, from: "memory" });
    expect(fromMemory.ageMs).toBeGreaterThanOrEqual(50);
    expect(await cacheInstance(ground).cache.getOrLoad(ask())).toMatchObject({
      value: "one",
      stale: true,
      from: "redis",
    });
    expect(one.counters.all()).toMatchObject({ stale_served: 1, source_failed: 1 });
    state.failure = undefined;
    state.value = "two";
    expect(await one.getOrLoad(ask())).toMatchObject({ value: "two", stale: false });
  });

  test("what may not be believed after an invalidation is not served", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    const request = ask("me", { cache: "profile" });
    await cache.getOrLoad(request);
    await cache.invalidate({ keys: [{ cache: "profile", key: "me" }] });
    state.failure = DOWN;
    await expect(cache.getOrLoad(request)).rejects.toBe(DOWN);
    await expect(cacheInstance(ground).cache.getOrLoad(request)).rejects.toBe(DOWN);
  });

  test("a value past its hour in Redis is served stale, and one past its day is not", async () => {
    const { state, ask } = cacheSource();
    state.failure = DOWN;
    const put = (ageMs: number) =>
      ground.resp.set("cache:entry:campaign:1:k", JSON.stringify({ value: "old", at: Date.now() - ageMs, number: 0 }));
    await put(2 * 3_600_000);
    const served = await cacheInstance(ground).cache.getOrLoad(ask());
    expect(served).toMatchObject({ value: "old", stale: true, from: "redis" });
    expect(Math.round(served.ageMs / 3_600_000)).toBe(2);
    await put(26 * 3_600_000);
    await expect(cacheInstance(ground).cache.getOrLoad(ask())).rejects.toBe(DOWN);
  });

  test("a source that says no is not down: no stale value stands in for its answer", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    await cache.getOrLoad(ask());
    await cache.invalidate({ keys: [{ cache: "campaign", key: "k" }] });
    state.failure = new AppError("not_found", "gone");
    await expect(cache.getOrLoad(ask())).rejects.toThrow("gone");
  });
});

describe("Redis", () => {
  test("flushed: the value is loaded again, and an invalidation after the flush still counts", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    await cache.invalidate({ tags: ["before"] });
    await cache.getOrLoad(ask());
    await ground.resp.flushall();
    const other = cacheInstance(ground).cache;
    expect(await other.getOrLoad(ask())).toMatchObject({ from: "source" });
    state.value = "two";
    await other.invalidate({ keys: [{ cache: "campaign", key: "k" }] });
    await sleep(1_010);
    expect((await cache.getOrLoad(ask())).value).toBe("two");
  });

  test("flushed while a load runs: an invalidation between flush and write is not lost", async () => {
    const { state, ask } = cacheSource();
    const { cache } = cacheInstance(ground);
    await cache.invalidate({ tags: ["begin"] });
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    state.gate = gate;
    const slow = cache.getOrLoad(ask());
    while (state.loads === 0) await sleep(5);
    await ground.resp.flushall();
    await cacheInstance(ground).cache.invalidate({ keys: [{ cache: "campaign", key: "k" }] });
    open();
    await slow;
    expect(await ground.resp.exists("cache:entry:campaign:1:k")).toBe(0);
  });

  test("slow: callers are answered from the source within the time limits, and soon without asking Redis", async () => {
    const { state, ask } = cacheSource();
    const { cache, resilience } = cacheInstance(ground);
    await cache.getOrLoad(ask("warm"));
    await ground.resp.call("CLIENT", "PAUSE", "8000", "ALL");
    let resumed = false;
    const pong = ground.resp.ping().then(() => (resumed = true));
    expect(await cache.getOrLoad(ask("during"))).toMatchObject({ value: "one", from: "source" });
    for (let n = 0; n < 5; n++) await cache.getOrLoad(ask(`more-${n}`));
    expect(resilience.states().find(({ policy }) => policy === "redis")?.state).toBe("open");
    await cache.getOrLoad(ask("quick"));
    expect(resumed).toBe(false);
    expect(state.loads).toBe(8);
    await pong;
  });

  test("killed and back: the cache works from memory and source, and what was invalidated meanwhile is not believed after", async () => {
    const { state, ask } = cacheSource();
    const { cache, warnings } = cacheInstance(ground);
    await cache.getOrLoad(ask());
    await ground.resp.config("SET", "appendfsync", "always");
    await ground.resp.set("probe", "1");
    await ground.kill();

    expect(await cache.getOrLoad(ask())).toMatchObject({ value: "one", from: "memory" });
    expect(await cache.getOrLoad(ask("new"))).toMatchObject({ value: "one", from: "source" });
    state.value = "two";
    expect(await cache.invalidate({ keys: [{ cache: "campaign", key: "k" }] })).toMatchObject({ redis: "owed" });
    expect(await cache.getOrLoad(ask())).toMatchObject({ value: "two", from: "source" });
    expect(warnings.length).toBeGreaterThan(0);

    await ground.restart();
    expect(await ground.resp.exists("cache:entry:campaign:1:k")).toBe(1);
    // A ping that is answered, the three successes that close the breaker, and a look.
    for (let n = 0; n < 40 && cache.counters.of("redis_hit") === 0; n++) {
      await cache.getOrLoad(ask("k", { skip: ["memory"] }));
      await cache.getOrLoad(ask(`probe-${n}`));
      await sleep(250);
    }
    expect((await cache.getOrLoad(ask())).value).toBe("two");
    expect((await cacheInstance(ground).cache.getOrLoad(ask())).value).toBe("two");
  });
});
