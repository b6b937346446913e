import "server-only";
import { z } from "zod";
import type { Db } from "@/lib/platform/supabase/server";
import { unwrap } from "@/lib/platform/supabase/failure";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { Json } from "@/lib/platform/supabase/database.types";
import { totalsSchema } from "./schemas";

/** A campaign's totals as the database folds them; `stale` and `source` are of the way they came. */
export const foldedTotalsSchema = z.object({
  ...totalsSchema.omit({ stale: true, source: true }).shape,
  asOf: z.coerce.date().transform((date) => date.toISOString()),
});
export type FoldedTotals = z.output<typeof foldedTotalsSchema>;

const projectedSchema = z.array(
  z.object({ campaignId: z.uuid(), applied: z.number().int(), totals: foldedTotalsSchema }),
);

/** Adds the effects of events to their campaigns' totals, each once, in the transaction that marks them as processed. */
export async function foldEvents(eventIds: readonly string[]): Promise<z.output<typeof projectedSchema>> {
  return projectedSchema.parse(await callTrusted("project_totals", { p_event_ids: [...eventIds] }));
}

/** {@link foldEvents} of what a payment's pledge has told of and no relay has published yet. */
export async function foldPayment(paymentId: string): Promise<z.output<typeof projectedSchema>> {
  return projectedSchema.parse(await callTrusted("project_payment", { p_payment: paymentId }));
}

/** Published events that no projector has taken, for the backstop. */
export async function listUnprojected(olderSeconds: number, limit: number): Promise<string[]> {
  return z
    .array(z.uuid())
    .parse(await callTrusted("list_unprojected", { p_older_seconds: olderSeconds, p_limit: limit }));
}

/**
 * Tells operators, and the campaign's owner, that its totals have changed. The database knows who that is.
 * @throws AppError `database_unavailable`
 */
export async function tellAdministration(campaignId: string, totals: FoldedTotals): Promise<void> {
  await callTrusted("publish_to_administration", {
    p_campaign: campaignId,
    p_type: "totals",
    p_data: { campaignId, ...totals } as Json,
    // Of several campaigns on one channel: the moment counts.
    p_version: Date.parse(totals.asOf),
  });
}

/** The totals of a campaign that `db` may see; null when there is none. @throws AppError `database_unavailable` */
export async function readFoldedTotals(db: Db, campaignId: string): Promise<FoldedTotals | null> {
  const found = z
    .object({ totals: foldedTotalsSchema })
    .nullable()
    .parse(unwrap(await db.rpc("read_campaign", { p_id_or_slug: campaignId })));
  return found?.totals ?? null;
}
