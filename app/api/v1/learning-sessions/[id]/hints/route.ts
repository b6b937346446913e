import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { giveHint } from "@/lib/learning/session/in-session";
import { limit } from "@/lib/platform/rate-limit/limit";
import { giveHintOperation } from "../../../_operations/learning-sessions";

export const POST = handle(giveHintOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "learning-answer-user", subject: user.id });
  return { status: 200, headers, body: await giveHint(user.id, params.id, body.activityId, body.seen) };
});
