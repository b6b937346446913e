import type { MetadataRoute } from "next";
import { serverEnv } from "@/lib/env/server";
import { pageOfCampaigns } from "@/lib/giving/campaign/read-campaigns";
import type { CampaignCard } from "@/lib/giving/campaign/schemas";
import { bearerClient } from "@/lib/platform/supabase/server";

// The origin is known when the server runs, not when it is built.
export const dynamic = "force-dynamic";

/** The pages that anybody may read. */
const PUBLIC_PAGES = ["/", "/campaigns", "/login", "/privacy"];
/** A sitemap takes 50,000 addresses; beyond it there would be several. */
const MOST = 45_000;

export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const campaigns = await publicCampaigns();
  return [
    ...PUBLIC_PAGES.map((page) => ({ url: addressOf(page) })),
    ...campaigns.map(({ campaign }) => ({
      url: addressOf(`/campaigns/${campaign.slug}`),
      lastModified: campaign.updatedAt,
    })),
  ];
}

async function publicCampaigns(): Promise<readonly CampaignCard[]> {
  const found: CampaignCard[] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOfCampaigns(bearerClient(), { limit: 100, cursor });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && found.length < MOST);
  return found;
}

function addressOf(page: string): string {
  return new URL(page, serverEnv().APP_URL).href;
}
