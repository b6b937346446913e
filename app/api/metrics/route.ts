import { serverEnv } from "@/lib/env/server";
import { AppError } from "@/lib/kernel/errors";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { bearsMetricsToken } from "@/lib/platform/telemetry/metrics-token";
import { serveRequest } from "@/lib/platform/telemetry/serve-request";
import { problemResponse } from "@/app/_http/problem";

export const dynamic = "force-dynamic";

/** This process's metrics as Prometheus reads them; only for who brings METRICS_TOKEN as a bearer token. */
export function GET(request: Request): Promise<Response> {
  return serveRequest(request, "/api/metrics", async ({ requestId, trace }) => {
    if (!bearsMetricsToken(request.headers.get("authorization"), serverEnv().METRICS_TOKEN)) {
      const failure = new AppError("unauthenticated", "The metrics are for who brings the token METRICS_TOKEN.", {
        headers: { "WWW-Authenticate": 'Bearer realm="metrics"' },
      });
      return problemResponse(failure, { requestId, traceId: trace.traceId }, "/api/metrics");
    }
    const { registry } = metrics();
    return new Response(await registry.metrics(), {
      headers: { "Content-Type": registry.contentType, "Cache-Control": "no-store" },
    });
  });
}
