import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { appCache } from "@/lib/platform/cache/app-cache";
import { bearerClient, type Db } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";
import { readTotals } from "../totals/read-totals";
import { decodeCursor, encodeCursor, momentPosition } from "./cursor";
import {
  campaignWithTotalsSchema,
  type CampaignPage,
  type CampaignStatus,
  type CampaignWithTotals,
  type PublicDonation,
} from "./schemas";
import { listCampaigns, readCampaign, readRecentDonations } from "./store";

const NOT_FOUND = "There is no such campaign.";

/** Everything that is made of a campaign is kept under this tag, wherever it is kept. */
export const campaignTag = (campaignId: string): string => `campaign-${campaignId}`;

interface ListRequest {
  readonly status?: CampaignStatus | undefined;
  readonly query?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * A page of the campaigns that `db` may see, newest first.
 * @throws AppError `invalid_request` for a cursor that is none, `database_unavailable`
 */
export async function pageOfCampaigns(db: Db, request: ListRequest): Promise<CampaignPage> {
  const { items, next } = await listCampaigns(db, {
    status: request.status ?? "",
    query: request.query ?? "",
    after: decodeCursor(momentPosition, request.cursor),
    limit: request.limit,
  });
  return {
    items: items.map(({ campaign: { story: _story, ...campaign }, totals }) => ({ campaign, totals })),
    nextCursor: encodeCursor(next),
  };
}

/**
 * A campaign that `db` may see, by id or address, straight from the database.
 * @throws AppError `not_found`: also for somebody else's draft
 */
export async function getCampaign(db: Db, idOrSlug: string): Promise<CampaignWithTotals> {
  const found = await readCampaign(db, idOrSlug);
  if (!found) throw new AppError("not_found", NOT_FOUND);
  return found;
}

/**
 * A campaign that everybody may see, from memory, Redis or the database; stale when none of them is true and the
 * database is out of reach.
 * @throws AppError `not_found`, `database_unavailable`
 */
export async function getPublicCampaign(idOrSlug: string): Promise<CampaignWithTotals & { readonly stale: boolean }> {
  const cached = await appCache().getOrLoad({
    cache: "campaign",
    key: idOrSlug,
    schema: campaignWithTotalsSchema,
    load: async () => {
      const found = await readCampaign(bearerClient(), idOrSlug);
      // Not cached: who is told of an address before it exists must find it once it does.
      if (!found) throw new AppError("not_found", NOT_FOUND);
      return found;
    },
  });
  return { ...cached.value, stale: cached.stale };
}

/**
 * A campaign that `db` may see, by id or address. While the database is out of reach: what was last known of a campaign
 * that everybody may see, its totals marked as stale.
 * @throws AppError `not_found`; `database_unavailable` when nothing is known of it
 */
export async function getCampaignOrLastKnown(db: Db, idOrSlug: string): Promise<CampaignWithTotals> {
  try {
    const found = await getCampaign(db, idOrSlug);
    // What is asked for is what must be known in an outage; in memory this costs nothing.
    if (found.campaign.status !== "draft") await getPublicCampaign(idOrSlug).catch(notKept);
    return found;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "database_unavailable") throw error;
    const { campaign, totals } = await getPublicCampaign(idOrSlug);
    const newest = await readTotals(campaign.id).catch(notKept);
    return { campaign, totals: { ...(newest ?? totals), stale: true } };
  }
}

function notKept(error: unknown): undefined {
  log.debug({ error }, "nothing newer is known of a campaign");
}

/** The last gifts to a campaign that everybody may see, anonymity kept. */
export async function recentDonations(campaignId: string, limit: number): Promise<PublicDonation[]> {
  return readRecentDonations(bearerClient(), campaignId, limit);
}
