import { createServer, type AddressInfo, type Server } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startRedis } from "../../../devstack/upstash/redis.ts";
import { startUpstash } from "../../../devstack/upstash/server.ts";

const env = { UPSTASH_REDIS_REST_URL: "", UPSTASH_REDIS_REST_TOKEN: "t" };
vi.mock("@/lib/env/server", () => ({ serverEnv: () => env }));

/** The client is made once a process: a fresh module is a fresh process. */
async function client() {
  vi.resetModules();
  const { redis } = await import("@/lib/platform/redis/client");
  return redis();
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "devmentor-redis-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("reads and writes through the REST service", async () => {
  const native = await startRedis({ port: 0, dataDir: folder, log: () => undefined });
  const rest = await startUpstash({ port: 0, redisUrl: native.url, token: "t", log: () => undefined });
  try {
    env.UPSTASH_REDIS_REST_URL = rest.url;
    const redis = await client();
    await redis.set("profile", { name: "Ada" }, { ex: 60 });
    expect(await redis.get("profile")).toEqual({ name: "Ada" });
    await native.close();
    await expect(redis.get("profile")).rejects.toThrow("out of reach");
  } finally {
    await rest.close();
    await native.close();
  }
});

it("gives up on a service that never answers", async () => {
  const silent = await listening(createServer(() => undefined));
  env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const redis = await client();
  await expect(redis.get("profile")).rejects.toMatchObject({ name: "TimeoutError" });
  silent.close();
});

it("gives up where nothing listens, without trying again and again", async () => {
  const server = await listening(createServer());
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${port}`;
  const redis = await client();
  await expect(redis.get("profile")).rejects.toThrow("fetch failed");
});

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
