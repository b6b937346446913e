import { Redis } from "@upstash/redis";
import { beforeEach } from "vitest";
import { z } from "zod";
import { Cache, type CacheRequest } from "@/lib/platform/cache/cache";
import type { CdnTier } from "@/lib/platform/cache/cdn";
import type { Invalidation } from "@/lib/platform/cache/invalidation";
import type { CacheName } from "@/lib/platform/cache/policies";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { type FallibleRedis, useFallibleRedis } from "./fallible-redis.ts";

export type CacheGround = FallibleRedis;

/** A Redis of the file's own, empty before each test; it may be killed and started again. Call at the top level. */
export function useCacheGround(): CacheGround {
  const redis = useFallibleRedis();
  beforeEach(async () => {
    await redis.resp.flushall();
  });
  return redis;
}

/** A cache as a further process would have it: its own memory, its own breaker. */
export function cacheInstance(
  ground: CacheGround,
  more: { cdns?: CdnTier[]; publish?: (invalidation: Invalidation) => Promise<void> } = {},
) {
  const client = new Redis({ url: ground.url, token: ground.token, retry: false });
  const resilience = new Resilience(POLICIES, () => "UTC");
  resilience.pingWith("redis", async () => void (await client.ping()));
  const warnings: string[] = [];
  const cache = new Cache({
    callRedis: (call) => resilience.run("redis", () => call(client)),
    log: { warn: (_, message) => warnings.push(message) },
    ...more,
  });
  return { cache, warnings, resilience };
}

/** A source that counts, can be changed, held back and broken. */
export function cacheSource() {
  const state = { value: "one", loads: 0, failure: undefined as unknown, gate: undefined as Promise<void> | undefined };
  const load = async () => {
    state.loads += 1;
    const { value, failure } = state;
    await state.gate;
    if (failure !== undefined) throw failure;
    return value;
  };
  const ask = (key = "k", more: Partial<CacheRequest<string>> & { cache?: CacheName } = {}): CacheRequest<string> => ({
    cache: "campaign",
    key,
    schema: z.string(),
    load,
    ...more,
  });
  return { state, ask };
}
