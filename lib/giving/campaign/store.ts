import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { totalsSchema } from "../totals/schemas";
import { campaignSchema, publicDonationSchema, type PublicDonation } from "./schemas";

/** A moment as the database writes it, to one of ISO 8601 in UTC. */
export const moment = z.coerce.date().transform((date) => date.toISOString());

/** A campaign row as `campaign_view` gives it. */
export const campaignRow = campaignSchema.extend({
  endsAt: moment.nullable(),
  createdAt: moment,
  updatedAt: moment,
  publishedAt: moment.nullable(),
  closedAt: moment.nullable(),
});

/** Its totals, straight from the database: never stale. */
export const totalsRow = totalsSchema
  .omit({ stale: true, source: true })
  .extend({ asOf: moment })
  .transform((totals) => ({ ...totals, stale: false, source: "database" as const }));

export const campaignViewRow = z.object({ campaign: campaignRow, totals: totalsRow });
export type CampaignView = z.output<typeof campaignViewRow>;

/** Where the next page begins: after this campaign. */
export const positionRow = z.object({ createdAt: z.string(), id: z.uuid() });
export type Position = z.output<typeof positionRow>;

const pageRow = z.object({ items: z.array(campaignViewRow), next: positionRow.nullable() });

/** One campaign that `db` may see, or null. */
export async function readCampaign(db: Db, idOrSlug: string): Promise<CampaignView | null> {
  return campaignViewRow.nullable().parse(unwrap(await db.rpc("read_campaign", { p_id_or_slug: idOrSlug })));
}

interface ListQuery {
  /** Empty: any that `db` may see. */
  readonly status: string;
  readonly query: string;
  readonly after: Position | null;
  readonly limit: number;
}

/** Campaigns that `db` may see, newest first. */
export async function listCampaigns(db: Db, list: ListQuery): Promise<z.output<typeof pageRow>> {
  return pageRow.parse(
    unwrap(
      await db.rpc("list_campaigns", {
        p_status: list.status,
        p_query: list.query,
        p_after: list.after as Json,
        p_limit: list.limit,
      }),
    ),
  );
}

/** The last gifts that everybody may see, newest first. */
export async function readRecentDonations(db: Db, campaignId: string, limit: number): Promise<PublicDonation[]> {
  return z
    .array(publicDonationSchema.extend({ at: moment }))
    .parse(unwrap(await db.rpc("recent_donations", { p_campaign: campaignId, p_limit: limit })));
}

/** Makes a draft, its totals at zero and its event in one transaction. */
export async function insertCampaign(
  actorId: string,
  campaign: Json,
  traceparent: string | null,
): Promise<CampaignView> {
  return campaignViewRow.parse(
    await callTrusted("create_campaign", { p_actor: actorId, p_campaign: campaign, p_traceparent: traceparent ?? "" }),
  );
}

/** Changes a campaign whose version is still `version`, its event in the same transaction. */
export async function updateCampaign(
  actorId: string,
  campaignId: string,
  version: number,
  changes: Json,
  traceparent: string | null,
): Promise<CampaignView> {
  return campaignViewRow.parse(
    await callTrusted("update_campaign", {
      p_actor: actorId,
      p_campaign: campaignId,
      p_version: version,
      p_changes: changes,
      p_traceparent: traceparent ?? "",
    }),
  );
}
