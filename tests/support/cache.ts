import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "@upstash/redis";
import { Redis as Resp } from "ioredis";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { z } from "zod";
import { Cache, type CacheRequest } from "@/lib/platform/cache/cache";
import type { CdnTier } from "@/lib/platform/cache/cdn";
import type { Invalidation } from "@/lib/platform/cache/invalidation";
import type { CacheName } from "@/lib/platform/cache/policies";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { startRedis, type RunningRedis } from "../../devstack/upstash/redis.ts";
import { startUpstash } from "../../devstack/upstash/server.ts";

const log = () => {};

export interface CacheGround {
  /** Upstash's REST interface, and its token. */
  readonly url: string;
  readonly token: string;
  /** The Redis behind it, to look and to meddle. */
  readonly resp: Resp;
  /** `kill -9`. */
  killRedis(): Promise<void>;
  /** Starts it again on the same port and data. */
  restartRedis(): Promise<void>;
}

/** A Redis of the file's own, empty before each test; it may be killed and started again. Call at the top level. */
export function useCacheGround(): CacheGround {
  const token = "cache-test";
  let dataDir = "";
  let redis: RunningRedis | undefined;
  let upstash: Awaited<ReturnType<typeof startUpstash>> | undefined;
  let resp: Resp | undefined;
  const there = <T>(thing: T | undefined): T => {
    if (!thing) throw new Error("useCacheGround() is ready inside tests and hooks only; call it at the top level.");
    return thing;
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), "devmentor-cache-"));
    redis = await startRedis({ port: 0, dataDir, log });
    upstash = await startUpstash({ port: 0, redisUrl: redis.url, token, log });
    resp = new Resp(redis.url);
    // While Redis is killed on purpose, that is what this connection reports.
    resp.on("error", () => undefined);
  });
  afterAll(async () => {
    resp?.disconnect();
    await upstash?.close();
    await redis?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await there(resp).flushall();
  });
  return {
    token,
    get url() {
      return there(upstash).url;
    },
    get resp() {
      return there(resp);
    },
    killRedis: async () => {
      const running = there(redis);
      if (running.pid === null)
        throw new Error("Redis runs inside this process here and cannot be killed; install redis-server.");
      process.kill(running.pid, "SIGKILL");
      await running.close();
    },
    restartRedis: async () => {
      redis = await startRedis({ port: there(redis).port, dataDir, log });
    },
  };
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
