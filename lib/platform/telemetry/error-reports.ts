import type { ErrorEvent, NodeOptions } from "@sentry/node";
import type { Instrumentation } from "next";
import { continueTrace } from "@/lib/kernel/trace";
import { log } from "./log";
import { metrics } from "./metrics";
import { currentScope, runInScope } from "./scope";
import { scrub } from "./scrub";
import { keptId, requestIdOf } from "./serve-request";
import { currentTrace } from "./tracing";

type RequestErrorArguments = Parameters<Instrumentation.onRequestError>;
type Capture = (error: unknown, tags: Readonly<Record<string, string>>) => void;

/** Next has several module graphs in a process; one of them starts the reports, all use them. */
const KEY = Symbol.for("devmentor.telemetry.capture");
const home = globalThis as { [KEY]?: Capture | undefined };

/** The SDK's parts that are kept: what finds errors. Nothing that watches requests, output or variables. */
const INTEGRATIONS = new Set([
  "EventFilters",
  "InboundFilters",
  "FunctionToString",
  "LinkedErrors",
  "OnUncaughtException",
  "OnUnhandledRejection",
  "Spotlight",
]);

/** Sentry's SDK for this process: `@sentry/nextjs` inside Next, `@sentry/node`, which it is made of, elsewhere. */
export type SentrySdk = Pick<
  typeof import("@sentry/node"),
  "captureException" | "close" | "getOtlpTracesEndpoint" | "openTelemetryIntegration"
> & { init(options: NodeOptions): unknown };

/**
 * Starts error reports to a Sentry DSN, or to Spotlight alone. What leaves is the error and its stack, scrubbed:
 * no user, no cookies, headers, bodies or queries, no variables, no machine's name.
 * @returns ends it, with what is still to be sent
 */
export async function startErrorReports(o: {
  readonly dsn?: string | undefined;
  readonly spotlight?: boolean | string | undefined;
  readonly sentry: SentrySdk;
}): Promise<{ stop(): Promise<void> }> {
  const { sentry } = o;
  const options: NodeOptions = {
    ...(o.dsn ? { dsn: o.dsn } : {}),
    ...(o.spotlight ? { spotlight: o.spotlight } : {}),
    // Spans are ours (start-tracing.ts); this ties each error to the span it happened in.
    enableOpenTelemetrySetup: false,
    enableRuntimeChannelInjection: false,
    tracePropagationTargets: [],
    integrations: (defaults) => [
      ...defaults.filter(({ name }) => INTEGRATIONS.has(name)),
      sentry.openTelemetryIntegration(),
    ],
    dataCollection: {
      userInfo: false,
      cookies: false,
      httpHeaders: false,
      httpBodies: [],
      urlQueryParams: false,
      databaseQueryData: false,
      queues: false,
      stackFrameVariables: false,
      frameContextLines: 0,
      graphQL: { document: false, variables: false },
      genAI: { inputs: false, outputs: false },
    },
    maxBreadcrumbs: 0,
    sendClientReports: false,
    beforeSend: cleanEvent,
  };
  sentry.init(options);
  home[KEY] = (error, tags) => sentry.captureException(error, { tags });
  return {
    stop: async () => {
      home[KEY] = undefined;
      await sentry.close(2_000);
    },
  };
}

/** @returns the event without whatever is not the error itself, scrubbed. */
export function cleanEvent(event: ErrorEvent): ErrorEvent {
  const { user: _user, request: _request, server_name: _server, breadcrumbs: _breadcrumbs, ...rest } = event;
  const { modules: _modules, ...kept } = rest;
  return scrub({ ...kept, contexts: { trace: event.contexts?.trace } }) as ErrorEvent;
}

/**
 * Reports an error of ours, when reports are on. The caller has logged it. Never throws, never waits.
 * @param tags from closed sets: route templates, codes
 */
export function reportError(error: unknown, kind: string, tags: Readonly<Record<string, string>> = {}): void {
  metrics().reportedError(kind);
  const scope = currentScope();
  home[KEY]?.(error, { ...tags, kind, ...(scope ? { requestId: scope.requestId } : {}) });
}

/** Logs and reports an error that Next caught itself: in a page, an action or a route outside `handle`. */
export function reportRequestError(...[error, request, place]: RequestErrorArguments): void {
  const headers = new Headers();
  for (const name of ["x-request-id", "traceparent", "trace-id"]) {
    const value = [request.headers[name]].flat()[0];
    if (value !== undefined) headers.set(name, value);
  }
  const scope = currentScope() ?? {
    requestId: keptId(requestIdOf(headers)),
    trace: currentTrace() ?? continueTrace(headers.get("traceparent"), headers.get("trace-id")),
  };
  runInScope(scope, () => {
    log.error({ error, method: request.method, route: place.routePath }, "a page, action or route failed");
    reportError(error, place.routeType, { route: place.routePath });
  });
}
