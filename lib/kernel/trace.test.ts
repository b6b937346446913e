import { describe, expect, it } from "vitest";
import { continueTrace, formatTraceparent, parseTraceparent } from "./trace";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const HEADER = `00-${TRACE}-00f067aa0ba902b7-01`;

describe("trace context", () => {
  it("reads the standard's own example and writes it back", () => {
    const context = parseTraceparent(HEADER);
    expect(context).toEqual({ traceId: TRACE, spanId: "00f067aa0ba902b7", sampled: true });
    expect(context && formatTraceparent(context)).toBe(HEADER);
  });

  it.each([
    ["another version", `01-${TRACE}-00f067aa0ba902b7-01`],
    ["an all-zero trace id", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
    ["an all-zero span id", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["a short id", "00-abc-00f067aa0ba902b7-01"],
    ["nothing", ""],
  ])("refuses %s", (_name, header) => {
    expect(parseTraceparent(header)).toBeNull();
  });

  it("continues a trace under a new span", () => {
    const context = continueTrace(HEADER, null);
    expect(context.traceId).toBe(TRACE);
    expect(context.spanId).not.toBe("00f067aa0ba902b7");
  });

  it("takes a bare Trace-ID, as hex or as a UUID, when there is no traceparent", () => {
    expect(continueTrace(null, TRACE).traceId).toBe(TRACE);
    expect(continueTrace(null, "4bf92f35-77b3-4da6-a3ce-929d0e0e4736").traceId).toBe(TRACE);
  });

  it("starts a trace when what came in is unusable", () => {
    const context = continueTrace("garbage", "<script>");
    expect(context.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(parseTraceparent(formatTraceparent(context))).not.toBeNull();
  });
});
