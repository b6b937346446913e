import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { startRedis } from "../../devstack/upstash/redis.ts";
import { startUpstash } from "../../devstack/upstash/server.ts";

export interface TestRedis {
  /** Upstash REST origin. */
  readonly url: string;
  readonly token: string;
  /** The Redis behind it, RESP protocol. */
  readonly redisUrl: string;
  /** Stops Redis and leaves the REST service standing, as an outage does. */
  stopRedis(): Promise<void>;
}

/**
 * A Redis with Upstash's REST interface in front, for the test file that calls it at its top level: real
 * redis-server where the machine has one. It is that file's own, so it may be flushed or stopped.
 */
export function useRedis(): TestRedis {
  const started: { now?: TestRedis & { close(): Promise<void> } } = {};
  beforeAll(async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "devmentor-redis-"));
    const log = () => {};
    const redis = await startRedis({ port: 0, dataDir, log });
    const token = randomBytes(16).toString("hex");
    const rest = await startUpstash({ port: 0, redisUrl: redis.url, token, log });
    started.now = {
      url: rest.url,
      token,
      redisUrl: redis.url,
      stopRedis: () => redis.close(),
      close: async () => {
        await rest.close();
        await redis.close();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });
  afterAll(async () => {
    await started.now?.close();
  });
  return new Proxy({} as TestRedis, {
    get: (_, property) => {
      if (!started.now) throw new Error("useRedis() is ready inside tests and hooks only; call it at the top level.");
      return Reflect.get(started.now, property) as unknown;
    },
  });
}
