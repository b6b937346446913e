import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { askRefundOperation } from "@/app/api/v1/_operations/refunds";
import { signedIn } from "@/lib/access/authorise";
import { askRefund } from "@/lib/giving/refund/ask-refund";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

export const maxDuration = 60;

export const POST = handle(askRefundOperation, async ({ request, params, body, caller }) => {
  const { user } = signedIn(caller);
  const answer = await askRefund(user.id, params.id, body, request.headers.get("idempotency-key"));
  after(async () => {
    await sendRefunds();
    await drainAfterRequest();
  });
  return answer;
});
