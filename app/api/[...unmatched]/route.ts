import { AppError } from "@/lib/kernel/errors";
import { serveRequest } from "@/lib/platform/telemetry/serve-request";
import { problemResponse } from "@/app/_http/problem";

/** An API caller who mistypes a path gets a problem document, not the site's 404 page. */
function nothingHere(request: Request): Promise<Response> {
  const failure = new AppError(
    "not_found",
    "There is no such API call. The calls that exist are listed at /api/openapi.json.",
  );
  return serveRequest(request, "/api/{unmatched}", async ({ requestId, trace }) =>
    problemResponse(failure, { requestId, traceId: trace.traceId }),
  );
}

export const GET = nothingHere;
export const POST = nothingHere;
export const PUT = nothingHere;
export const PATCH = nothingHere;
export const DELETE = nothingHere;
