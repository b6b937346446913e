/**
 * What a failed call says about the service that was called.
 *
 * - `refused`: it answered with a 4xx or declined: it is well, and says nothing about its health.
 * - `unavailable`: it answered 5xx, could not be reached, or failed in a way we do not know.
 * - `timeout`: it did not answer in time; what it did is unknown.
 * - `aborted`: our own caller left.
 * - `defect`: our code is wrong; another attempt would be wrong again.
 */
export type FailureKind = "refused" | "unavailable" | "timeout" | "aborted" | "defect";

export interface Failure {
  readonly kind: FailureKind;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** What the service asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Whether the request certainly never reached the service, so that repeating it cannot do anything twice. */
  readonly neverSent: boolean;
}

/** The connection was never made, so nothing was sent. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Reads a failure out of whatever a client library threw, `fetch` and Node's sockets included. */
export function readFailure(error: unknown): Failure {
  const status = statusOf(error);
  const retryAfterMs = retryAfterOf(error);
  const of = (kind: FailureKind, neverSent = false): Failure => ({ kind, status, retryAfterMs, neverSent });
  if (isDecline(error)) return of("refused");
  if (status !== undefined && status >= 400 && status < 500) return of("refused");
  if (status !== undefined && status >= 500) return of("unavailable");
  const names = chain(error).map((link) => link.name);
  if (names.some((name) => name === "TimeoutError")) return of("timeout");
  if (names.includes("AbortError")) return of("aborted");
  const codes = chain(error).flatMap((link) => ("code" in link && typeof link.code === "string" ? [link.code] : []));
  if (codes.some((code) => NEVER_SENT.has(code))) return of("unavailable", true);
  if (codes.some((code) => code === "ETIMEDOUT" || code.endsWith("_TIMEOUT"))) return of("timeout");
  if (codes.some((code) => /^(E[A-Z]+|UND_ERR_.*)$/.test(code))) return of("unavailable");
  return of(isDefect(error) ? "defect" : "unavailable");
}

/** An error and what caused it, outermost first; an AggregateError's members follow it (Node tries several addresses). */
function chain(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const members: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...chain(error.cause, depth + 1), ...members.flatMap((member) => chain(member, depth + 1))];
}

function statusOf(error: unknown): number | undefined {
  for (const source of [error, field(error, "response"), field(error, "cause")]) {
    for (const name of ["status", "statusCode"]) {
      const value = field(source, name);
      if (typeof value === "number" && value >= 100 && value < 600) return value;
    }
  }
  return undefined;
}

/** A card that its bank declines is an answer, however the provider's client words it. */
function isDecline(error: unknown): boolean {
  return field(error, "type") === "StripeCardError" || typeof field(error, "decline_code") === "string";
}

/** `fetch` throws a TypeError for a network failure, always with the reason as its cause. */
function isDefect(error: unknown): boolean {
  if (error instanceof TypeError) return error.cause === undefined && error.message !== "fetch failed";
  if (error instanceof RangeError || error instanceof ReferenceError || error instanceof SyntaxError) return true;
  return error instanceof Error && error.name === "ZodError";
}

/** `Retry-After`, in seconds or as a date, wherever clients keep it. */
function retryAfterOf(error: unknown): number | undefined {
  const seconds = field(error, "retryAfterSeconds");
  if (typeof seconds === "number") return seconds * 1000;
  const response = field(error, "response");
  for (const headers of [field(error, "headers"), field(error, "responseHeaders"), field(response, "headers")]) {
    const value =
      headers instanceof Headers
        ? headers.get("retry-after")
        : (field(headers, "retry-after") ?? field(headers, "Retry-After"));
    const parsed =
      typeof value === "string" || typeof value === "number" ? parseRetryAfter(String(value), Date.now()) : undefined;
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

/**
 * Milliseconds that a `Retry-After` value asks for.
 * @param now milliseconds since 1970, against which a date is read
 */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Date.parse reads far more than RFC 9110's dates, "-5" for one.
  if (!/^[A-Z][a-z]{2}, /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function field(source: unknown, name: string): unknown {
  return typeof source === "object" && source !== null && name in source
    ? (Reflect.get(source, name) as unknown)
    : undefined;
}
