import { handle } from "@/app/_http/handle";
import { readCampaignCheckOperation } from "@/app/api/v1/_operations/reconciliation";
import { getPublicCampaign } from "@/lib/giving/campaign/read-campaigns";
import { campaignChecked } from "@/lib/giving/reconciliation/look-after-runs";

export const GET = handle(readCampaignCheckOperation, async ({ params }) => {
  const { campaign } = await getPublicCampaign(params.id);
  return { status: 200, body: { check: await campaignChecked(campaign.id) } };
});
