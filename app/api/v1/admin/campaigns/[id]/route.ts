import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { tellNextCache } from "@/app/_http/next-cache";
import { signedIn } from "@/lib/access/authorise";
import { changeCampaign, entityTag, versionFrom } from "@/lib/giving/campaign/change-campaign";
import { formatTraceparent } from "@/lib/kernel/trace";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { changeCampaignOperation } from "../../../_operations/campaigns";

export const PUT = handle(changeCampaignOperation, async ({ request, params, body, caller, context }) => {
  const { user } = signedIn(caller);
  const version = versionFrom(request.headers.get("if-match"));
  tellNextCache();
  const changed = await changeCampaign(params.id, version, body, {
    actorId: user.id,
    traceparent: formatTraceparent(context.trace),
  });
  after(drainAfterRequest);
  return { status: 200, headers: { ETag: entityTag(changed.campaign) }, body: changed };
});
