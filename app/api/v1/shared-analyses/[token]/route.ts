import { handle } from "@/app/_http/handle";
import { readSharedAnalysis } from "@/lib/analysis/sharing/read-shared";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import { readSharedAnalysisOperation } from "../../_operations/analysis-sharing";

export const GET = handle(readSharedAnalysisOperation, async ({ request, params }) => {
  const headers = await limit({ policy: "shared-ip", subject: clientAddress(request.headers) });
  return {
    status: 200,
    headers: { ...headers, "X-Robots-Tag": "noindex" },
    body: await readSharedAnalysis(params.token),
  };
});
