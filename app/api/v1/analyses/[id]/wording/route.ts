import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { rewordInsights, useOwnWords, wordingOf } from "@/lib/analysis/wording/reword-insights";
import { limit } from "@/lib/platform/rate-limit/limit";
import { readWordingOperation, rewordOperation, useOwnWordsOperation } from "../../../_operations/analysis-findings";

export const GET = handle(readWordingOperation, async ({ params, caller }) => {
  const { user, db } = signedIn(caller);
  await getAnalysis(db, params.id);
  return { status: 200, body: await wordingOf(db, user.id, params.id) };
});

export const POST = handle(rewordOperation, async ({ params, caller, request }) => {
  const { user, db } = signedIn(caller);
  const headers = await limit({ policy: "wording-user", subject: user.id });
  const notReworded = await rewordInsights(db, user.id, params.id, { signal: request.signal });
  return { status: 200, headers, body: { wording: await wordingOf(db, user.id, params.id), notReworded } };
});

export const DELETE = handle(useOwnWordsOperation, async ({ params, caller }) => {
  const { user, db } = signedIn(caller);
  await getAnalysis(db, params.id);
  await useOwnWords(user.id, params.id);
  return { status: 204 };
});
