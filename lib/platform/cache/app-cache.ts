import { serverEnv } from "@/lib/env/server";
import { redis } from "@/lib/platform/redis/client";
import { run } from "@/lib/platform/resilience/resilience";
import { log } from "@/lib/platform/telemetry/log";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { Cache } from "./cache";
import type { CdnTier } from "./cdn";
import { cloudflareCdn } from "./cloudflare";
import type { CountListener } from "./counters";
import { publishInvalidation } from "./store";

interface Home {
  readonly cache: Cache;
  readonly cdns: CdnTier[];
  readonly listeners: Set<CountListener>;
}

/** Next has several module graphs in a process; the memory tier and its counters are one for all of them. */
const KEY = Symbol.for("devmentor.cache");
const place = globalThis as { [KEY]?: Home };

function home(): Home {
  return (place[KEY] ??= build());
}

function build(): Home {
  const cdns: CdnTier[] = [];
  const listeners = new Set<CountListener>();
  const env = serverEnv();
  if (env.CLOUDFLARE_ZONE_ID && env.CLOUDFLARE_API_TOKEN) {
    cdns.push(
      cloudflareCdn({
        apiUrl: env.CLOUDFLARE_API_URL,
        zoneId: env.CLOUDFLARE_ZONE_ID,
        apiToken: env.CLOUDFLARE_API_TOKEN,
      }),
    );
  }
  const cache = new Cache({
    callRedis: (call) => run("redis", () => call(redis())),
    cdns,
    publish: publishInvalidation,
    onCount: (count, by) => {
      metrics().cached(count, by);
      for (const listener of listeners) listener(count, by);
    },
    log,
  });
  return { cache, cdns, listeners };
}

/** This process's cache. */
export function appCache(): Cache {
  return home().cache;
}

/** Adds a CDN that only the running application knows, such as Next's own cache (`nextCdn`). */
export function addCdn(cdn: CdnTier): void {
  home().cdns.push(cdn);
}

/** Tells a listener of each hit, miss and failure by tier; for metrics. */
export function onCacheCount(listener: CountListener): () => void {
  const { listeners } = home();
  listeners.add(listener);
  return () => listeners.delete(listener);
}
