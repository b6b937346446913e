import { authorise } from "@/lib/access/authorise";
import { serverEnv } from "@/lib/env/server";
import { healthOverview } from "@/lib/platform/health/overview";
import { bearsMetricsToken } from "@/lib/platform/telemetry/metrics-token";
import { serveRequest } from "@/lib/platform/telemetry/serve-request";
import { problemResponse } from "@/app/_http/problem";

export const dynamic = "force-dynamic";

const ROUTE = "/api/health/overview";

/**
 * How everything stands that this process depends on. For operators; and for who brings METRICS_TOKEN, because whether
 * somebody is an operator stands in the database, which may be what is away.
 */
export function GET(request: Request): Promise<Response> {
  return serveRequest(request, ROUTE, async ({ requestId, trace }) => {
    try {
      const bearsToken = bearsMetricsToken(request.headers.get("authorization"), serverEnv().METRICS_TOKEN);
      if (!bearsToken) await authorise(request, "operator");
      return Response.json(await healthOverview(), { headers: { "Cache-Control": "no-store" } });
    } catch (error) {
      return problemResponse(error, { requestId, traceId: trace.traceId }, ROUTE);
    }
  });
}
