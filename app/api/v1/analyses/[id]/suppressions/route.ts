import { handle } from "@/app/_http/handle";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { suppressionsOf } from "@/lib/analysis/suppression/suppress-finding";
import { listSuppressionsOperation } from "../../../_operations/analysis-findings";

export const GET = handle(listSuppressionsOperation, async ({ params, caller }) => ({
  status: 200,
  body: { items: await suppressionsOf(caller.db, await getAnalysis(caller.db, params.id)) },
}));
