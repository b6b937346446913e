import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "@upstash/redis";
import { z } from "zod";
import { Cache } from "@/lib/platform/cache/cache";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { startRedis } from "../devstack/upstash/redis.ts";
import { startUpstash } from "../devstack/upstash/server.ts";

/**
 * What a cache hit costs: from memory (aim: 20 µs at p99), and from Redis beside a bare GET of the same bytes through
 * the same Upstash REST interface. Run: `node --conditions=react-server --import tsx bench/cache.ts`.
 */
const MEMORY_AIM_US = 20;
const MEMORY_CALLS = 200_000;
const REDIS_CALLS = 2_000;

const schema = z.object({
  id: z.string(),
  raisedMinor: z.number(),
  donors: z.array(z.object({ name: z.string(), amountMinor: z.number() })),
});
const value = {
  id: "0b2f6f2e-9a57-4a0f-9a0b-5f1f6f0a2c11",
  raisedMinor: 1_234_500,
  donors: Array.from({ length: 20 }, (_, n) => ({ name: `Donor ${n}`, amountMinor: n * 100 })),
};

interface Row {
  readonly what: string;
  readonly calls: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

async function measure(what: string, calls: number, call: () => Promise<unknown>): Promise<Row> {
  for (let n = 0; n < calls / 10; n++) await call();
  const took = new Float64Array(calls);
  for (let n = 0; n < calls; n++) {
    const start = performance.now();
    await call();
    took[n] = (performance.now() - start) * 1000;
  }
  took.sort();
  const at = (share: number) => Math.round((took[Math.floor(calls * share)] ?? 0) * 10) / 10;
  return { what, calls, p50Us: at(0.5), p99Us: at(0.99) };
}

const dataDir = await mkdtemp(path.join(tmpdir(), "devmentor-bench-"));
const redis = await startRedis({ port: 0, dataDir, log: () => {} });
const upstash = await startUpstash({ port: 0, redisUrl: redis.url, token: "bench", log: () => {} });
try {
  const client = new Redis({ url: upstash.url, token: "bench", retry: false });
  const resilience = new Resilience(POLICIES, () => "UTC");
  const cache = new Cache({
    callRedis: (call) => resilience.run("redis", () => call(client)),
    log: { warn: (details, message) => console.error(message, details) },
  });
  const request = {
    cache: "campaign",
    key: value.id,
    tags: ["campaigns"],
    schema,
    load: () => Promise.resolve(value),
  } as const;
  await cache.getOrLoad(request);
  await client.set("bare", value);
  const rows = [
    await measure("cache hit from memory", MEMORY_CALLS, () => cache.getOrLoad(request)),
    await measure("bare GET through Upstash REST", REDIS_CALLS, () => client.get("bare")),
    await measure("cache hit from Redis", REDIS_CALLS, () => cache.getOrLoad({ ...request, skip: ["memory"] })),
    await measure("bare GET through Upstash REST, again", REDIS_CALLS, () => client.get("bare")),
  ];
  console.log(
    `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, Node ${process.version}, ${redis.kind}; one caller, one value of ${JSON.stringify(value).length} bytes`,
  );
  console.table(rows);
  const memory = rows[0];
  if (memory && memory.p99Us > MEMORY_AIM_US) {
    console.error(`A hit from memory took ${memory.p99Us} µs at p99; the aim is ${MEMORY_AIM_US} µs.`);
    process.exitCode = 1;
  }
} finally {
  await upstash.close();
  await redis.close();
  await rm(dataDir, { recursive: true, force: true });
}
