import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { addCdn, appCache, onCacheCount } from "@/lib/platform/cache/app-cache";
import { nextCdn } from "@/lib/platform/cache/cdn";
import { invalidationSchema } from "@/lib/platform/cache/invalidation";
import { breakerStates } from "@/lib/platform/resilience/resilience";
import { useProductEnv } from "../../support/product-env.ts";
import { useRedis } from "../../support/redis.ts";
import { useSupabase } from "../../support/supabase.ts";

const supabase = useSupabase();
const redis = useRedis();

let cloudflare: Server;
const purged: string[] = [];

beforeAll(async () => {
  cloudflare = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      purged.push(`${request.url} ${body}`);
      response.end('{"success":true,"errors":[]}');
    });
  });
  await new Promise<void>((resolve) => cloudflare.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  cloudflare.closeAllConnections();
  await new Promise((resolve) => cloudflare.close(resolve));
});

useProductEnv({
  supabase,
  redis,
  further: () => ({
    CLOUDFLARE_ZONE_ID: "zone",
    CLOUDFLARE_API_TOKEN: "token",
    CLOUDFLARE_API_URL: `http://127.0.0.1:${(cloudflare.address() as AddressInfo).port}`,
  }),
});

const request = (load: () => Promise<number>) => ({
  cache: "campaign" as const,
  key: "c1",
  tags: ["campaigns"],
  schema: z.number(),
  load,
});

describe("the product's own cache", () => {
  test("invalidates everywhere: Redis, Cloudflare, Next's pages, and an event in the outbox", async () => {
    const revalidated: string[] = [];
    addCdn(nextCdn((tag) => revalidated.push(tag)));
    const counts: string[] = [];
    const end = onCacheCount((count) => counts.push(count));
    await appCache().getOrLoad(request(async () => 1));
    const report = await appCache().invalidate({ keys: [{ cache: "campaign", key: "c1" }], tags: ["campaigns"] });
    expect(report).toEqual({ redis: "done", failures: [] });
    expect((await appCache().getOrLoad(request(async () => 2))).value).toBe(2);
    expect(purged).toEqual(['/zones/zone/purge_cache {"tags":["campaign:c1","campaigns"]}']);
    expect(revalidated).toEqual(["campaign:c1", "campaigns"]);
    const events = await supabase.sql<
      { data: unknown }[]
    >`select data from private.outbox where name = 'cache/invalidated'`;
    expect(events.map(({ data }) => invalidationSchema.parse(data))).toEqual([
      { keys: [{ cache: "campaign", key: "c1" }], tags: ["campaigns"], patterns: [] },
    ]);
    expect(counts).toEqual(expect.arrayContaining(["memory_miss", "redis_miss", "source_loaded", "invalidated"]));
    end();
    expect(breakerStates().find(({ policy }) => policy === "redis")).toMatchObject({ state: "closed", running: 0 });
  });

  test.each(["anon", "authenticated"])("takes no invalidation from %s", async (role) => {
    const client = role === "anon" ? supabase.asAnon() : (await supabase.asUser()).client;
    const { error } = await client.rpc("publish_cache_invalidation", { p_invalidation: { tags: ["x"] } });
    expect(error?.code).toBe("42501");
  });

  test("goes on without Redis", async () => {
    await redis.stopRedis();
    expect((await appCache().getOrLoad({ ...request(async () => 3), key: "c2" })).value).toBe(3);
    expect(await appCache().invalidate({ tags: ["campaigns"] })).toMatchObject({ redis: "owed" });
  });
});
