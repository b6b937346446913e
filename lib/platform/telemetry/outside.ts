import { SpanKind, trace, type Attributes } from "@opentelemetry/api";
import { dieAfterCall } from "@/lib/env/failpoint";
import { metrics } from "./metrics";
import { noteCall } from "./recent-calls";
import { currentTraceparent, withSpan } from "./tracing";

/** What is called. The name is a label of metrics and the first word of spans. */
export type OutsideService =
  | "supabase"
  | "redis"
  | "github"
  | "git"
  | "resend"
  | "inngest"
  | "stripe"
  | "challenge"
  | "osv"
  | "ai";

interface OutsideCall {
  readonly service: OutsideService;
  /** From a closed set: a name in code or a template, never an address, an id or a query. */
  readonly operation: string;
  readonly attributes?: Attributes;
}

/**
 * Makes one attempt at an outside call in a span of its own and counts it. It does not guard the call: that is
 * the resilience room's work, inside whose attempts this belongs.
 */
export async function outsideCall<T>(
  call: OutsideCall,
  work: () => Promise<T>,
  outcomeOf: (value: T) => string = () => "ok",
): Promise<T> {
  const begun = performance.now();
  let outcome = "failed";
  let failure: unknown;
  try {
    return await withSpan(
      `${call.service} ${call.operation}`,
      { kind: SpanKind.CLIENT, attributes: { "peer.service": call.service, ...call.attributes } },
      async () => {
        const value = await work();
        dieAfterCall(`${call.service} ${call.operation}`);
        outcome = outcomeOf(value);
        return value;
      },
    );
  } catch (error) {
    outcome = failureName(error);
    failure = error;
    throw error;
  } finally {
    const seconds = (performance.now() - begun) / 1000;
    metrics().calledOutside({ ...call, outcome, seconds });
    noteCall({ service: call.service, outcome, seconds, error: failure });
  }
}

function failureName(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "TimeoutError") return "timeout";
  return name === "AbortError" ? "aborted" : "failed";
}

/**
 * A fetch that makes each call as {@link outsideCall} does.
 * @param o.operationOf the operation's name; gets the method and the address
 * @param o.propagate whether the service is one of ours that may know our trace (`traceparent`); never a third party
 */
export function outsideFetch(o: {
  readonly service: OutsideService;
  readonly operationOf: (method: string, url: URL) => string;
  readonly propagate: boolean;
  readonly fetch?: typeof fetch;
}): typeof fetch {
  return (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
    const url = new URL(request?.url ?? String(input));
    const attributes = { "http.request.method": method, "server.address": url.hostname };
    return outsideCall(
      { service: o.service, operation: o.operationOf(method, url), attributes },
      async () => {
        const send = o.fetch ?? fetch;
        const response = await send(input, o.propagate ? withTraceparent(request, init) : init);
        trace.getActiveSpan()?.setAttribute("http.response.status_code", response.status);
        return response;
      },
      ({ status }) => `${Math.floor(status / 100)}xx`,
    );
  };
}

function withTraceparent(request: Request | undefined, init: RequestInit | undefined): RequestInit | undefined {
  const traceparent = currentTraceparent();
  if (!traceparent) return init;
  const headers = new Headers(init?.headers ?? request?.headers);
  headers.set("traceparent", traceparent);
  return { ...init, headers };
}

/** Names a call of Supabase's by what it is about: a function, a table, a part of Auth. */
export function supabaseOperation(method: string, { pathname }: URL): string {
  const [, api = "", , first = "", second = ""] = pathname.split("/");
  if (api === "rest") return first === "rpc" ? `rpc ${second}` : `${method} ${first}`;
  return api === "auth" ? `auth ${first}` : api;
}
