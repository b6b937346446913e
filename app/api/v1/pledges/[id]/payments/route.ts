import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { retryPayment } from "@/lib/giving/pledge/retry-payment";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { retryPaymentOperation } from "../../../_operations/pledges";
import { pledgeOf, senderOf } from "../../_sender";

export const maxDuration = 60;

export const POST = handle(retryPaymentOperation, async ({ request, params, body, caller, context }) => {
  after(drainAfterRequest);
  const pledge = await pledgeOf(request, caller, params.id);
  return retryPayment(pledge, body, await senderOf(request, caller, context));
});
