import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { restoreFinding, suppressFinding } from "@/lib/analysis/suppression/suppress-finding";
import { limit } from "@/lib/platform/rate-limit/limit";
import { restoreFindingOperation, suppressFindingOperation } from "../../../../../_operations/analysis-findings";

export const PUT = handle(suppressFindingOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "suppress-user", subject: user.id });
  return { status: 200, headers, body: await suppressFinding(user.id, params.id, params.finding, body.reason) };
});

export const DELETE = handle(restoreFindingOperation, async ({ params, caller }) => {
  await restoreFinding(signedIn(caller).user.id, params.id, params.finding);
  return { status: 204 };
});
