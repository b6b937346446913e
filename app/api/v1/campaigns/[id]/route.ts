import { handle } from "@/app/_http/handle";
import { entityTag } from "@/lib/giving/campaign/change-campaign";
import { getCampaignOrLastKnown } from "@/lib/giving/campaign/read-campaigns";
import { staleHeaders } from "@/lib/giving/totals/read-totals";
import { readCampaignOperation } from "../../_operations/campaigns";

export const GET = handle(readCampaignOperation, async ({ params, caller }) => {
  const found = await getCampaignOrLastKnown(caller.db, params.id);
  return {
    status: 200,
    headers: {
      ETag: entityTag(found.campaign),
      ...staleHeaders(found.totals),
    },
    body: found,
  };
});
