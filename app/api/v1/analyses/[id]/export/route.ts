import { handle } from "@/app/_http/handle";
import { exportAnalysis } from "@/lib/analysis/export-analysis";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { serverEnv } from "@/lib/env/server";
import packageJson from "@/package.json";
import { exportAnalysisOperation } from "../../../_operations/analysis-sharing";

export const GET = handle(exportAnalysisOperation, async ({ params, query, caller }) => {
  const tool = { version: packageJson.version, informationUri: serverEnv().APP_URL };
  const { body, contentType, fileName } = exportAnalysis(await getAnalysis(caller.db, params.id), query.format, tool);
  return {
    status: 200,
    body,
    headers: { "Content-Type": contentType, "Content-Disposition": `attachment; filename="${fileName}"` },
  };
});
