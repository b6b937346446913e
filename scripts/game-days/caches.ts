import { Redis } from "ioredis";
import { EVERYTHING } from "@/lib/platform/cache/invalidation";
import { type GameDay, secondsSince } from "./day.ts";
import { Donors, lossesOf, openCampaign, settled } from "./donors.ts";
import { until, type Stack } from "./stack.ts";

interface Totals {
  readonly raisedMinor: number;
  readonly source: string;
}

/** Caches say what is not true any more, because somebody corrected rows by hand; they are cleared everywhere, and warmed. */
export const staleCaches: GameDay = {
  name: "stale-caches",
  async run(stack, say) {
    const campaignId = await openCampaign(stack);
    const donors = new Donors(stack, campaignId);
    for (let n = 0; n < 5; n += 1) await donors.insist();
    await settled(stack);
    const read = async (): Promise<Totals> => {
      const answer = await fetch(`${stack.url}/api/v1/campaigns/${campaignId}/totals`);
      return (await answer.json()) as Totals;
    };
    await until("the totals are cached", async () => ["memory", "redis"].includes((await read()).source));
    const cached = await read();
    const change = async (by: number): Promise<void> => {
      await stack.sql`update public.campaign_totals set raised_minor = raised_minor + ${by} where campaign_id = ${campaignId}`;
    };
    await change(100);
    say("a row was changed by hand; the caches do not know");
    if ((await read()).raisedMinor !== cached.raisedMinor) throw new Error("The caches knew of a change by hand.");
    const began = performance.now();
    await clear(stack);
    await until("the totals are true", async () => (await read()).raisedMinor === cached.raisedMinor + 100);
    const recoverySeconds = secondsSince(began);
    await until("they are warm", async () => (await read()).source === "memory");
    const warm = secondsSince(began);
    await change(-100);
    await clear(stack);
    await until("the totals are as they were", async () => (await read()).raisedMinor === cached.raisedMinor);
    await settled(stack);
    return {
      recoverySeconds,
      losses: await lossesOf(stack, donors),
      notes: [`true after ${recoverySeconds.toFixed(1)} s, served from memory again after ${warm.toFixed(1)} s`],
    };
  },
};

/** First what the projector wrote into Redis, or the caches would load it again; then every cache, everywhere. */
async function clear({ sql, redis }: Stack): Promise<void> {
  const client = new Redis(redis.current.url);
  try {
    for await (const keys of client.scanStream({ match: "giving:totals:*" }) as AsyncIterable<string[]>)
      if (keys.length > 0) await client.del(...keys);
  } finally {
    client.disconnect();
  }
  await sql`select public.publish_cache_invalidation(${sql.json(structuredClone(EVERYTHING) as never)})`;
}
