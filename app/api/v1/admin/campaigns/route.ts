import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { pageOfAdminCampaigns } from "@/lib/giving/administration/look-after";
import { listAdminCampaignsOperation } from "../../_operations/campaigns";

export const GET = handle(listAdminCampaignsOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfAdminCampaigns(signedIn(caller).user.id, query.limit, query.cursor),
}));
