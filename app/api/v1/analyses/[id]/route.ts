import { handle } from "@/app/_http/handle";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { readAnalysisOperation } from "../../_operations/analyses";

export const GET = handle(readAnalysisOperation, async ({ params, caller }) => ({
  status: 200,
  body: await getAnalysis(caller.db, params.id),
}));
