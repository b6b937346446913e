import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { practise } from "@/lib/learning/content/practise";
import { limit } from "@/lib/platform/rate-limit/limit";
import { checkExerciseOperation } from "../../../_operations/learning";

export const POST = handle(checkExerciseOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "practice-user", subject: user.id });
  return { status: 200, headers, body: await practise(params.id, body.answer) };
});
