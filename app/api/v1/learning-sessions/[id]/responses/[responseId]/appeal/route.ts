import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { appealAnswer } from "@/lib/learning/session/in-session";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { appealOperation } from "../../../../../_operations/learning-sessions";

export const POST = handle(appealOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "learning-appeal-user", subject: user.id });
  await appealAnswer(user.id, params.id, params.responseId, body.words);
  after(drainAfterRequest);
  return { status: 202, headers, body: { responseId: params.responseId, standing: "appealed" as const } };
});
