import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { fingerprintsOf } from "@/lib/analysis/patterns/evidence";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { foundPhase } from "@/lib/analysis/rules";
import { matchPatterns } from "@/lib/learning/patterns/store";
import { matchPatternsOperation } from "../../../_operations/patterns";

export const GET = handle(matchPatternsOperation, async ({ params, caller }) => {
  const { user, db } = signedIn(caller);
  const { result } = await getAnalysis(db, params.id);
  const found = result && foundPhase(result.phases.patterns);
  return { status: 200, body: { items: found ? await matchPatterns(user.id, fingerprintsOf(found), params.id) : [] } };
});
