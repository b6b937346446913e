import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { parseRetryAfter, readFailure } from "./failure";

const coded = (code: string) => Object.assign(new Error(code), { code });

describe("readFailure", () => {
  it.each([
    ["a status of 404", Object.assign(new Error("no"), { status: 404 }), "refused"],
    ["a response's status", { response: { status: 422 } }, "refused"],
    ["a status code of 503", Object.assign(new Error("no"), { statusCode: 503 }), "unavailable"],
    ["an AppError of ours with 4xx", new AppError("not_found", "no"), "refused"],
    ["an AppError of ours with 503", new AppError("database_unavailable", "no"), "unavailable"],
    ["a card decline without a status", { type: "StripeCardError" }, "refused"],
    ["a decline code", { decline_code: "insufficient_funds" }, "refused"],
    ["a time-out by signal", new DOMException("slow", "TimeoutError"), "timeout"],
    ["undici's body time-out", coded("UND_ERR_BODY_TIMEOUT"), "timeout"],
    ["an abort", new DOMException("left", "AbortError"), "aborted"],
    ["fetch's network failure", new TypeError("fetch failed", { cause: coded("ECONNRESET") }), "unavailable"],
    ["a mistake in our code", new TypeError("x is not a function"), "defect"],
    ["something unknown", new Error("odd"), "unavailable"],
  ] as const)("takes %s", (_, error, kind) => {
    expect(readFailure(error).kind).toBe(kind);
  });

  it("knows what certainly never arrived, also behind several addresses", () => {
    expect(readFailure(new TypeError("fetch failed", { cause: coded("ECONNREFUSED") })).neverSent).toBe(true);
    expect(
      readFailure(new TypeError("fetch failed", { cause: new AggregateError([coded("ECONNREFUSED")]) })).neverSent,
    ).toBe(true);
    expect(readFailure(new TypeError("fetch failed", { cause: coded("ECONNRESET") })).neverSent).toBe(false);
    expect(readFailure(new DOMException("slow", "TimeoutError")).neverSent).toBe(false);
  });

  it("finds Retry-After wherever a client keeps it", () => {
    const error = { status: 429 };
    expect(readFailure({ ...error, headers: new Headers({ "retry-after": "7" }) }).retryAfterMs).toBe(7_000);
    expect(readFailure({ ...error, headers: { "retry-after": "7" } }).retryAfterMs).toBe(7_000);
    expect(readFailure({ ...error, responseHeaders: { "Retry-After": "7" } }).retryAfterMs).toBe(7_000);
    expect(
      readFailure({ response: new Response(null, { status: 429, headers: { "Retry-After": "7" } }) }).retryAfterMs,
    ).toBe(7_000);
    expect(readFailure(new AppError("rate_limited", "slow down", { retryAfterSeconds: 7 })).retryAfterMs).toBe(7_000);
    expect(readFailure(error).retryAfterMs).toBeUndefined();
  });
});

describe("parseRetryAfter", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");

  it("reads seconds and dates, and a date that has passed as now", () => {
    expect(parseRetryAfter("120", now)).toBe(120_000);
    expect(parseRetryAfter("Mon, 23 Nov 2026 12:00:30 GMT", now)).toBe(30_000);
    expect(parseRetryAfter("Mon, 23 Nov 2026 11:00:00 GMT", now)).toBe(0);
  });

  it.each(["soon", "", "-5", "1e3"])("takes %j for no answer", (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });
});
