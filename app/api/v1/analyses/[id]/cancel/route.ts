import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { cancelAnalysis } from "@/lib/analysis/read-analyses";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { cancelAnalysisOperation } from "../../../_operations/analyses";

export const POST = handle(cancelAnalysisOperation, async ({ params, caller }) => {
  const outcome = await cancelAnalysis(caller.db, params.id);
  after(drainAfterRequest);
  return { status: 200, body: { analysisId: params.id, outcome } };
});
