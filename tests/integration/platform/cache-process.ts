import { Redis } from "@upstash/redis";
import { z } from "zod";
import { Cache } from "@/lib/platform/cache/cache";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { answerLines } from "../../support/answer-lines";

/**
 * A process of the product with a cache. `get <key> <times>` asks so often at once and answers with the values seen
 * and the counts; `invalidate <key>` invalidates. The source is the test's HTTP server.
 */
const source = process.env["SOURCE_URL"] ?? "";
const client = new Redis({
  url: process.env["UPSTASH_REDIS_REST_URL"] ?? "",
  token: process.env["UPSTASH_REDIS_REST_TOKEN"] ?? "",
  retry: false,
});
// On a busy machine a first call may take longer than the product would wait, and then each process loads for itself.
const resilience = new Resilience({ ...POLICIES, redis: { ...POLICIES.redis, timeoutMs: 5_000 } }, () => "UTC");
const cache = new Cache({
  callRedis: (call) => resilience.run("redis", () => call(client)),
  log: { warn: (details, message) => process.stderr.write(`${message} ${JSON.stringify(details)}\n`) },
});

await answerLines(async (line) => {
  const [verb, key = "", times = "1"] = line.split(" ");
  if (verb === "invalidate") return cache.invalidate({ keys: [{ cache: "campaign", key }] });
  const load = async ({ signal }: { signal: AbortSignal }) =>
    (await fetch(`${source}/${key}`, { signal })).json() as Promise<number>;
  const all = await Promise.all(
    Array.from({ length: Number(times) }, () => cache.getOrLoad({ cache: "campaign", key, schema: z.number(), load })),
  );
  return {
    values: [...new Set(all.map(({ value }) => value))],
    from: [...new Set(all.map(({ from }) => from))],
    counts: cache.counters.all(),
  };
});
