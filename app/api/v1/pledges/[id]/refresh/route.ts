import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { refreshPledge } from "@/lib/giving/pledge/refresh-pledge";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { refreshPledgeOperation } from "../../../_operations/pledges";
import { pledgeOf } from "../../_sender";

export const maxDuration = 60;

export const POST = handle(refreshPledgeOperation, async ({ request, params, caller }) => {
  after(drainAfterRequest);
  return { status: 200, body: await refreshPledge(await pledgeOf(request, caller, params.id)) };
});
