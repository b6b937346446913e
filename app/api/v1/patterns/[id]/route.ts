import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { readPattern } from "@/lib/learning/patterns/page-of-patterns";
import { correctLearnerPattern, forgetLearnerPattern } from "@/lib/learning/patterns/correct-pattern";
import { limit } from "@/lib/platform/rate-limit/limit";
import { correctPatternOperation, forgetPatternOperation, readPatternOperation } from "../../_operations/patterns";

export const GET = handle(readPatternOperation, async ({ params, caller }) => ({
  status: 200,
  body: await readPattern(signedIn(caller).user.id, params.id),
}));

export const PATCH = handle(correctPatternOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "patterns-user", subject: user.id });
  const pattern = await correctLearnerPattern(user.id, params.id, body.correction, body.note ?? "");
  return { status: 200, headers, body: { pattern } };
});

export const DELETE = handle(forgetPatternOperation, async ({ params, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "patterns-user", subject: user.id });
  await forgetLearnerPattern(user.id, params.id);
  return { status: 204, headers };
});
