import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { decideRefundOperation } from "@/app/api/v1/_operations/refunds";
import { signedIn } from "@/lib/access/authorise";
import { decideRefund } from "@/lib/giving/refund/ask-refund";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

export const maxDuration = 60;

export const POST = handle(decideRefundOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const decided = await decideRefund(user.id, params.id, body.approved);
  after(async () => {
    await sendRefunds();
    await drainAfterRequest();
  });
  return { status: 200, body: decided };
});
