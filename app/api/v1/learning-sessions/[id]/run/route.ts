import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { runDraft } from "@/lib/learning/session/in-session";
import { limit } from "@/lib/platform/rate-limit/limit";
import { runDraftOperation } from "../../../_operations/learning-sessions";

export const POST = handle(runDraftOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "learning-run-user", subject: user.id });
  return { status: 200, headers, body: await runDraft(user.id, params.id, body.activityId, body.answer) };
});
