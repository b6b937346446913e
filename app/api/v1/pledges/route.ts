import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { makePledge } from "@/lib/giving/pledge/make-pledge";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { makePledgeOperation } from "../_operations/pledges";
import { senderOf } from "./_sender";

/** Two calls to the provider, each with its time limit, and what surrounds them. */
export const maxDuration = 60;

export const POST = handle(makePledgeOperation, async ({ request, body, caller, context }) => {
  after(drainAfterRequest);
  return makePledge(body, await senderOf(request, caller, context));
});
