import "server-only";
import { unstable_cache } from "next/cache";
import { pageOfCampaigns, recentDonations } from "@/lib/giving/campaign/read-campaigns";
import type { CampaignCard, CampaignWithTotals, PublicDonation } from "@/lib/giving/campaign/schemas";
import { getPublicCampaign } from "@/lib/giving/campaign/read-campaigns";
import { campaignChecked } from "@/lib/giving/reconciliation/look-after-runs";
import type { CampaignChecked } from "@/lib/giving/reconciliation/schemas";
import { AppError } from "@/lib/kernel/errors";
import { bearerClient } from "@/lib/platform/supabase/server";

/** How old a prerendered page may be when nothing told of a change, in seconds. What is live is fetched anew. */
export const PRERENDERED_SECONDS = 60;
const DONATIONS = 8;

export interface PrerenderedCampaign extends CampaignWithTotals {
  readonly donations: readonly PublicDonation[];
  /** When its gifts were last compared with the payment provider's; null until then. */
  readonly checked: CampaignChecked | null;
}

/** A campaign for its prerendered page, or null where everybody sees none; kept until its tag is told of a change. */
export async function prerenderedCampaign(slug: string): Promise<PrerenderedCampaign | null> {
  return unstable_cache(
    async () => {
      try {
        const { campaign, totals } = await getPublicCampaign(slug);
        const [donations, checked] = await Promise.all([
          recentDonations(campaign.id, DONATIONS),
          campaignChecked(campaign.id),
        ]);
        return { campaign, totals, donations, checked };
      } catch (error) {
        if (error instanceof AppError && error.code === "not_found") return null;
        throw error;
      }
    },
    ["campaign-page", slug],
    { tags: ["campaigns", `campaign:${encodeURIComponent(slug)}`], revalidate: PRERENDERED_SECONDS },
  )();
}

/** The open campaign that is furthest on its way, for the front page; null while there is none, or no database. */
export async function featuredCampaign(): Promise<CampaignCard | null> {
  return unstable_cache(
    async () => {
      try {
        const { items } = await pageOfCampaigns(bearerClient(), { status: "active", limit: 24 });
        const share = ({ totals }: CampaignCard): number => totals.raisedMinor / totals.goalMinor;
        return items.filter((item) => share(item) < 1).toSorted((one, other) => share(other) - share(one))[0] ?? null;
      } catch (error) {
        // While the image is built there is neither environment nor database; the page is made again soon.
        if (error instanceof AppError && error.status < 500) throw error;
        return null;
      }
    },
    ["featured-campaign"],
    { tags: ["campaigns"], revalidate: PRERENDERED_SECONDS },
  )();
}
