import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis as Resp } from "ioredis";
import { afterAll, beforeAll, expect } from "vitest";
import { startRedis, type RunningRedis } from "../../devstack/upstash/redis.ts";
import { startUpstash } from "../../devstack/upstash/server.ts";
import { eventually } from "./eventually.ts";
import type { TestRedis } from "./redis.ts";

export interface FallibleRedis extends TestRedis {
  /** The Redis behind Upstash's interface, to look and to meddle. */
  readonly resp: Resp;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it is reached through Upstash's interface. */
  restart(): Promise<void>;
}

/** A Redis of the file's own that can be killed and started again. Call at the top level. */
export function useFallibleRedis(): FallibleRedis {
  const log = () => {};
  const token = "fallible-redis";
  let dataDir = "";
  let redis: RunningRedis | undefined;
  let upstash: Awaited<ReturnType<typeof startUpstash>> | undefined;
  let resp: Resp | undefined;
  const there = <T>(thing: T | undefined): T => {
    if (!thing) throw new Error("useFallibleRedis() is ready inside tests and hooks only; call it at the top level.");
    return thing;
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), "devmentor-redis-"));
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
  return {
    token,
    get url() {
      return there(upstash).url;
    },
    get redisUrl() {
      return there(redis).url;
    },
    get resp() {
      return there(resp);
    },
    stopRedis: () => there(redis).close(),
    kill: async () => {
      const running = there(redis);
      if (running.pid === null)
        throw new Error("Redis runs inside this process here and cannot be killed; install redis-server.");
      process.kill(running.pid, "SIGKILL");
      await running.close();
    },
    restart: async () => {
      redis = await startRedis({ port: there(redis).port, dataDir, log });
      // The front tries again at growing intervals and answers 503 until then: Redis is back when callers reach it.
      await eventually(async () => {
        const answer = await fetch(`${there(upstash).url}/ping`, { headers: { authorization: `Bearer ${token}` } });
        expect(answer.status).toBe(200);
      });
    },
  };
}
