import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { answerDisputeOperation } from "@/app/api/v1/_operations/disputes";
import { signedIn } from "@/lib/access/authorise";
import { answerDispute } from "@/lib/giving/dispute/answer-dispute";
import { sendDisputeAnswers } from "@/lib/giving/dispute/send-answers";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";

export const maxDuration = 60;

export const POST = handle(answerDisputeOperation, async ({ params, body, caller }) => {
  const taken = await answerDispute(signedIn(caller).user.id, params.id, body);
  after(async () => {
    await sendDisputeAnswers();
    await drainAfterRequest();
  });
  return { status: 202, body: taken };
});
