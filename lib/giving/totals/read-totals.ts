import "server-only";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { appCache } from "@/lib/platform/cache/app-cache";
import { bearerClient, type Db } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";
import { totalsSchema, type Totals } from "./schemas";
import { readFoldedTotals } from "./store";
import { getTotals, putTotals } from "./totals-hash";

/** What a load brings, and from where. */
const loadedSchema = z.object({
  totals: totalsSchema.omit({ stale: true, source: true }),
  found: z.enum(["redis", "database"]),
});

/**
 * A campaign's totals, from memory, Redis or the database; the last known ones, marked as stale, while the
 * database is out of reach.
 * @param own the caller's own client, for drafts that only their admins may see
 * @throws AppError `not_found`; `database_unavailable` when none are known
 */
export async function readTotals(campaignId: string, own?: Db): Promise<Totals> {
  try {
    const cached = await appCache().getOrLoad({
      cache: "campaign-totals",
      key: campaignId,
      schema: loadedSchema,
      load: () => load(campaignId),
    });
    const { totals, found } = cached.value;
    return { ...totals, stale: cached.stale, source: cached.from === "source" ? found : cached.from };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "database_unavailable") {
      const known = await getTotals(campaignId, true).catch(() => null);
      if (known) return { ...known, stale: true, source: "redis" };
    }
    const drafted = error.code === "not_found" && own ? await readFoldedTotals(own, campaignId) : null;
    if (drafted) return { ...drafted, stale: false, source: "database" };
    throw error;
  }
}

async function load(campaignId: string): Promise<z.output<typeof loadedSchema>> {
  const fromRedis = await getTotals(campaignId).catch((error: unknown) => redisFailed(error));
  if (fromRedis) return { totals: fromRedis, found: "redis" };
  const totals = await readFoldedTotals(bearerClient(), campaignId);
  // Not cached: who asks for a campaign before it is published must find it once it is.
  if (!totals) throw new AppError("not_found", "There is no such campaign.");
  await putTotals(campaignId, totals).catch((error: unknown) => redisFailed(error));
  return { totals, found: "database" };
}

function redisFailed(error: unknown): null {
  log.debug({ error }, "totals go on without Redis");
  return null;
}

/** Headers that say that totals are not fresh. */
export function staleHeaders(totals: Totals): Record<string, string> {
  return totals.stale ? { Warning: '110 - "Response is Stale"' } : {};
}
