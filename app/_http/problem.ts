import { AppError, type FieldIssue } from "@/lib/kernel/errors";
import { reportError } from "@/lib/platform/telemetry/error-reports";
import { log } from "@/lib/platform/telemetry/log";

const TITLES: Readonly<Record<number, string>> = {
  400: "The request cannot be read",
  401: "Sign in to go on",
  402: "The payment was declined",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  412: "It has changed meanwhile",
  413: "Too large",
  415: "Unsupported media type",
  422: "A rule is broken",
  428: "A condition is missing",
  429: "Too many requests",
  500: "Something went wrong on our side",
  502: "A provider did not answer as expected",
  503: "Temporarily unavailable",
};

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly errors?: readonly FieldIssue[];
}

/** Anything thrown becomes an AppError; only an AppError's message may be shown. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("internal", "Something went wrong on our side. It has been recorded; try again in a minute.", {
    cause: error,
  });
}

/**
 * The one writer of `application/problem+json` (RFC 9457). Logs and reports what people are not told.
 * @param route the template of the route that failed, for reports
 */
export function problemResponse(
  error: unknown,
  ids: { requestId: string; traceId: string },
  route = "unknown",
): Response {
  const failure = toAppError(error);
  // The line gets its request's ids from the scope, where they are fit to be kept.
  const line = { code: failure.code, error: failure };
  if (failure.status >= 500) {
    log.error(line, "request failed");
    reportError(failure, "api", { route, code: failure.code });
  } else log.debug(line, "request refused");
  const problem: Problem = {
    type: `https://devmentor.dev/problems/${failure.code.replaceAll("_", "-")}`,
    title: TITLES[failure.status] ?? "Error",
    status: failure.status,
    code: failure.code,
    detail: failure.message,
    ...ids,
    ...(failure.issues.length > 0 ? { errors: failure.issues } : {}),
    ...failure.extra,
  };
  const headers = new Headers({
    ...failure.headers,
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
  if (failure.retryAfterSeconds !== undefined) headers.set("Retry-After", String(Math.ceil(failure.retryAfterSeconds)));
  return new Response(JSON.stringify(problem), { status: failure.status, headers });
}
