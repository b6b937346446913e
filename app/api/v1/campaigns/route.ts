import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { tellNextCache } from "@/app/_http/next-cache";
import { signedIn } from "@/lib/access/authorise";
import { createCampaign, entityTag } from "@/lib/giving/campaign/change-campaign";
import { pageOfCampaigns } from "@/lib/giving/campaign/read-campaigns";
import { formatTraceparent } from "@/lib/kernel/trace";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { createCampaignOperation, listCampaignsOperation } from "../_operations/campaigns";

export const GET = handle(listCampaignsOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfCampaigns(caller.db, {
    status: query.status,
    query: query.q,
    cursor: query.cursor,
    limit: query.limit,
  }),
}));

export const POST = handle(createCampaignOperation, async ({ body, caller, context }) => {
  const { user } = signedIn(caller);
  tellNextCache();
  const made = await createCampaign(body, { actorId: user.id, traceparent: formatTraceparent(context.trace) });
  after(drainAfterRequest);
  return {
    status: 201,
    headers: { Location: `/api/v1/campaigns/${made.campaign.id}`, ETag: entityTag(made.campaign) },
    body: made,
  };
});
