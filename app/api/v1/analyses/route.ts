import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { githubGrant } from "@/lib/account/github-connection";
import { getAnalysis, pageOfAnalyses } from "@/lib/analysis/read-analyses";
import { startAnalysis } from "@/lib/analysis/start-analysis";
import { formatTraceparent } from "@/lib/kernel/trace";
import { flushAnalytics } from "@/lib/platform/batch/analytics";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";
import { listAnalysesOperation, startAnalysisOperation } from "../_operations/analyses";

export const POST = handle(startAnalysisOperation, async ({ body, caller, context }) => {
  const { user, db } = signedIn(caller);
  const headers = await limit({ policy: "analysis-user", subject: user.id });
  const started = await startAnalysis(
    {
      userId: user.id,
      repoUrl: body.repoUrl,
      ref: body.ref,
      fresh: body.fresh,
      traceparent: formatTraceparent(context.trace),
    },
    githubGrant,
  );
  after(drainAfterRequest);
  after(flushAnalytics);
  const location = `/api/v1/analyses/${started.id}`;
  if (started.outcome === "cached") {
    const { result } = await getAnalysis(db, started.id);
    return {
      status: 200,
      headers: { ...headers, "Content-Location": location },
      body: { ...result, analysisId: started.id, fromCache: true },
    };
  }
  return {
    status: 202,
    headers: { ...headers, Location: location },
    body: {
      analysisId: started.id,
      status: started.status,
      estimatedSeconds: started.estimatedSeconds,
      ...(started.outcome === "joined" ? { joined: true } : {}),
    },
  };
});

export const GET = handle(listAnalysesOperation, async ({ query, caller }) => ({
  status: 200,
  body: await pageOfAnalyses(caller.db, query.limit, query.cursor, query.repository),
}));
