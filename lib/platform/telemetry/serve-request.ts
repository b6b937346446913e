import { createHash } from "node:crypto";
import { context, SpanKind, trace, type Context } from "@opentelemetry/api";
import { continueTrace, formatTraceparent, parseTraceparent, type TraceContext } from "@/lib/kernel/trace";
import { metrics } from "./metrics";
import { runInScope } from "./scope";
import { looksSensitive } from "./scrub";
import { contextOf, currentTrace, isTracing, withSpan } from "./tracing";

/** Who a request is to logs, traces and the person who reports a problem. */
export interface RequestContext {
  readonly requestId: string;
  readonly trace: TraceContext;
}

const REQUEST_ID = /^[\x21-\x7e]{8,128}$/;

/**
 * Answers a request so that everything done for it can be found again: its trace goes on from the caller's, its
 * log lines bear its ids, its span and its duration are recorded, its answer says `x-request-id` and `traceparent`.
 * @param route the template (`/api/v1/analyses/{id}`), never the path
 */
export async function serveRequest(
  request: Pick<Request, "headers" | "method">,
  route: string,
  work: (context: RequestContext) => Promise<Response>,
): Promise<Response> {
  const begun = performance.now();
  const requestId = requestIdOf(request.headers);
  const incoming = continueTrace(request.headers.get("traceparent"), request.headers.get("trace-id"));
  let status = 500;
  const attributes = { "http.request.method": request.method, "http.route": route };
  try {
    return await withSpan(
      `${request.method} ${route}`,
      { kind: SpanKind.SERVER, attributes, parent: parentOf(request.headers, incoming) },
      async (span) => {
        const present = (span && currentTrace()) ?? incoming;
        const response = await runInScope({ requestId: keptId(requestId), trace: present }, () =>
          work({ requestId, trace: present }),
        );
        status = response.status;
        span?.setAttribute("http.response.status_code", status);
        response.headers.set("x-request-id", requestId);
        response.headers.set("traceparent", formatTraceparent(present));
        return response;
      },
    );
  } finally {
    metrics().answered({ method: request.method, route, status, seconds: (performance.now() - begun) / 1000 });
  }
}

/** The id that came with a request, or one of its own. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given && REQUEST_ID.test(given) ? given : crypto.randomUUID();
}

/**
 * The request id as it is logged. Callers choose theirs, and some choose a token or an address: what does not look
 * like an id is kept as its digest, by which it can still be found.
 */
export function keptId(requestId: string): string {
  if (/^[\w-]{8,64}$/.test(requestId) && !looksSensitive(requestId)) return requestId;
  return `sha256-${createHash("sha256").update(requestId).digest("hex").slice(0, 16)}`;
}

/** Next's own span has gone on from a `traceparent` already; a `Trace-ID` only we know. */
function parentOf(headers: Headers, incoming: TraceContext): Context {
  if (!isTracing()) return context.active();
  const active = trace.getSpanContext(context.active());
  const traceparent = parseTraceparent(headers.get("traceparent"));
  if (traceparent) return active?.traceId === traceparent.traceId ? context.active() : contextOf(traceparent);
  return headers.has("trace-id") ? contextOf(incoming) : context.active();
}
