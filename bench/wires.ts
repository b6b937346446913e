/**
 * How quick the embedded Realtime and Redis are, on servers of this run's own.
 *
 *   node bench/wires.ts
 *
 * Realtime: from calling `realtime.send` (its commit included) to the moment the official client has it, alone and with
 * fifty listeners on the topic. Redis: one GET through the official client over REST, one at a time and
 * fifty at once (which that client puts into one pipeline). Times in ms.
 */
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { RealtimeClient } from "@supabase/realtime-js";
import { Redis } from "@upstash/redis";
import postgres from "postgres";
import { removeCluster, startPostgres } from "../devstack/postgres/server.ts";
import { attachRealtime } from "../devstack/realtime/gateway.ts";
import { migrate } from "../devstack/supabase/migrate.ts";
import { startRedis } from "../devstack/upstash/redis.ts";
import { startUpstash } from "../devstack/upstash/server.ts";

const SENDS = 300;
const LISTENERS = 50;
const KEY = "sb_publishable_bench";
const quiet = (): void => {};

function spread(times: readonly number[]): { p50: number; p95: number; max: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1));
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function measureRealtime(folder: string): Promise<Record<string, unknown>> {
  const database = await startPostgres({ port: 0, dataDir: path.join(folder, "postgres"), log: quiet });
  await migrate(database.databaseUrl());
  const server = createServer();
  const keys = { jwtSecret: randomUUID(), publishableKey: KEY, secretKey: randomUUID() };
  const gateway = await attachRealtime({ server, databaseUrl: database.databaseUrl(), ...keys, log: quiet });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/realtime/v1`;
  const sql = postgres(database.databaseUrl(), { max: 1, onnotice: quiet });
  const clients: RealtimeClient[] = [];

  async function listen(topic: string, onMessage: () => void): Promise<void> {
    const client = new RealtimeClient(url, { params: { apikey: KEY } });
    clients.push(client);
    const channel = client.channel(topic);
    channel.on("broadcast", { event: "tick" }, onMessage);
    await new Promise<void>((resolve, reject) => {
      channel.subscribe((status) => (status === "SUBSCRIBED" ? resolve() : reject(new Error(status))));
    });
  }

  /** One send after the other: each time until the last listener has heard it. */
  async function sendAndWait(listeners: number): Promise<number[]> {
    const topic = `bench:${randomUUID()}`;
    let heard = 0;
    let all: () => void = quiet;
    for (let n = 0; n < listeners; n += 1) {
      await listen(topic, () => {
        heard += 1;
        if (heard === listeners) all();
      });
    }
    const times: number[] = [];
    for (let n = 0; n < SENDS; n += 1) {
      heard = 0;
      const done = new Promise<void>((resolve) => (all = resolve));
      const sent = performance.now();
      await sql`select realtime.send('{}'::jsonb, 'tick', ${topic}, false)`;
      await done;
      times.push(performance.now() - sent);
    }
    return times;
  }

  const result = {
    oneListener: spread(await sendAndWait(1)),
    fiftyListeners: spread(await sendAndWait(LISTENERS)),
  };
  await Promise.all(clients.map((client) => client.removeAllChannels()));
  await sql.end();
  await gateway.close();
  server.closeAllConnections();
  server.close();
  await database.close();
  return result;
}

async function measureRedis(folder: string): Promise<Record<string, unknown>> {
  const native = await startRedis({ port: 0, dataDir: path.join(folder, "redis"), log: quiet });
  const rest = await startUpstash({ port: 0, redisUrl: native.url, token: "bench", log: quiet });
  const redis = new Redis({ url: rest.url, token: "bench", enableTelemetry: false });
  await redis.set("key", { value: 1 });
  const once = async (): Promise<number> => {
    const before = performance.now();
    await redis.get("key");
    return performance.now() - before;
  };
  for (let n = 0; n < 50; n += 1) await once();
  const alone: number[] = [];
  for (let n = 0; n < SENDS; n += 1) alone.push(await once());
  const before = performance.now();
  const together: number[] = [];
  for (let n = 0; n < 40; n += 1) together.push(...(await Promise.all(Array.from({ length: 50 }, once))));
  const perSecond = Math.round((together.length / (performance.now() - before)) * 1000);
  await rest.close();
  await native.close();
  return { kind: native.kind, oneAtATime: spread(alone), fiftyAtOnce: spread(together), perSecond };
}

const folder = await mkdtemp(path.join(tmpdir(), "devmentor-bench-"));
// As root Postgres runs under another account, which has to get through here.
await chmod(folder, 0o711);
try {
  const result = { realtimeMs: await measureRealtime(folder), redisMs: await measureRedis(folder) };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await removeCluster(path.join(folder, "postgres"));
  await rm(folder, { recursive: true, force: true });
}
