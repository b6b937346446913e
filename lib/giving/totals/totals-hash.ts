import "server-only";
import { z } from "zod";
import { redis } from "@/lib/platform/redis/client";
import { run } from "@/lib/platform/resilience/resilience";
import { foldedTotalsSchema, type FoldedTotals } from "./store";

/** Only a newer version replaces an older one, whoever comes first. ARGV: version, seconds to live, then field and value. */
const PUT = `
local known = redis.call('HGET', KEYS[1], 'version')
if known and tonumber(known) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1`;

/** Seconds; a campaign that nobody gives to for a week is read from the database. */
const KEEP_SECONDS = 7 * 24 * 3_600;

/** A hash that was written during an outage of Redis's may have missed a newer version; so long it is believed. */
const BELIEVED_MS = 60_000;

const keyOf = (campaignId: string): string => `giving:totals:${campaignId}`;

const hashSchema = z
  .record(z.string(), z.unknown())
  .transform(({ writtenAt, ...fields }) => ({
    writtenAt: Number(writtenAt),
    fields: { ...fields, currency: String(fields["currency"]) },
  }))
  .pipe(z.object({ writtenAt: z.number(), fields: foldedTotalsSchema }));

/** Writes totals that are newer than the known ones. @throws what Redis fails with */
export async function putTotals(campaignId: string, totals: FoldedTotals): Promise<void> {
  const fields = Object.entries({ ...totals, writtenAt: Date.now() }).flatMap(([name, value]) => [name, String(value)]);
  await run("redis", () =>
    redis().eval(PUT, [keyOf(campaignId)], [String(totals.version), String(KEEP_SECONDS), ...fields]),
  );
}

/**
 * The totals that Redis has.
 * @param anyAge also those that may have been overtaken: for when the database is out of reach
 * @throws what Redis fails with
 */
export async function getTotals(campaignId: string, anyAge = false): Promise<FoldedTotals | null> {
  const hash = await run("redis", () => redis().hgetall(keyOf(campaignId)));
  const parsed = hashSchema.safeParse(hash);
  if (!parsed.success) return null;
  const { writtenAt, fields } = parsed.data;
  return anyAge || Date.now() - writtenAt < BELIEVED_MS ? fields : null;
}
