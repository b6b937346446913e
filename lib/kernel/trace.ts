/**
 * W3C Trace Context, version 00 (https://www.w3.org/TR/trace-context/).
 * Works in every JavaScript runtime: the proxy, route handlers, workflows and the browser use it.
 */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

function randomHex(bytes: number): string {
  const buffer = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(buffer, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Parses a `traceparent` header; a malformed one is `null`, as the standard asks. */
export function parseTraceparent(header: string | null | undefined): TraceContext | null {
  const match = header ? TRACEPARENT.exec(header.trim().toLowerCase()) : null;
  if (!match?.[1] || !match[2] || !match[3]) return null;
  return { traceId: match[1], spanId: match[2], sampled: (Number.parseInt(match[3], 16) & 1) === 1 };
}

/** Writes the context as a `traceparent` header. */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.sampled ? "01" : "00"}`;
}

/**
 * Continues the trace that came in (`traceparent`, else a bare `Trace-ID`, with or without the
 * dashes of a UUID), or starts one.
 */
export function continueTrace(traceparent: string | null, traceId: string | null): TraceContext {
  const parent = parseTraceparent(traceparent);
  if (parent) return { ...parent, spanId: randomHex(8) };
  const bare = traceId?.replaceAll("-", "").toLowerCase() ?? "";
  return { traceId: TRACE_ID.test(bare) ? bare : randomHex(16), spanId: randomHex(8), sampled: true };
}
