import { handle } from "@/app/_http/handle";
import { getCampaign, recentDonations } from "@/lib/giving/campaign/read-campaigns";
import { listDonationsOperation } from "../../../_operations/campaigns";

export const GET = handle(listDonationsOperation, async ({ params, query, caller }) => {
  const { campaign } = await getCampaign(caller.db, params.id);
  return { status: 200, body: { items: await recentDonations(campaign.id, query.limit) } };
});
