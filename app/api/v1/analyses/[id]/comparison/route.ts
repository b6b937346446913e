import { handle } from "@/app/_http/handle";
import { compareWithPrevious } from "@/lib/analysis/comparison/compare-with-previous";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { compareAnalysisOperation } from "../../../_operations/analysis-sharing";

export const GET = handle(compareAnalysisOperation, async ({ params, caller }) => ({
  status: 200,
  body: { comparison: await compareWithPrevious(caller.db, await getAnalysis(caller.db, params.id)) },
}));
