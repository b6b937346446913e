import { handle } from "@/app/_http/handle";
import { pageOfFiles } from "@/lib/analysis/files/page-of-files";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { listFilesOperation } from "../../../_operations/analysis-findings";

export const GET = handle(listFilesOperation, async ({ params, query, caller }) => {
  await getAnalysis(caller.db, params.id);
  return { status: 200, body: await pageOfFiles(caller.db, params.id, query) };
});
