import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { ownCodeOfAnalysis } from "@/lib/learning/own-code/consent";
import { readOwnCodeOperation } from "../../../_operations/own-code";

export const GET = handle(readOwnCodeOperation, async ({ params, caller }) => {
  const { db } = signedIn(caller);
  await getAnalysis(db, params.id);
  return { status: 200, body: await ownCodeOfAnalysis(db, params.id) };
});
