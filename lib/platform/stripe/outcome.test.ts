import { Stripe } from "stripe";
import { describe, expect, test } from "vitest";
import { OutsideCallError, type GivenUpBecause } from "@/lib/platform/resilience/errors";
import { StripeOutcomeError } from "./outcome";

const givenUp = (because: GivenUpBecause, attempts: number, cause: unknown) =>
  new OutsideCallError({ policy: "stripe", service: "stripe", because, attempts, cause });
const stripeError = (statusCode: number, code = "x") =>
  Stripe.errors.generateV1Error({
    type: statusCode >= 500 ? "api_error" : "invalid_request_error",
    statusCode,
    code,
    message: "m",
  } as never);
const idempotencyError = Stripe.errors.generateV1Error({
  type: "idempotency_error",
  statusCode: 400,
  message: "m",
} as never);
const coded = (code: string) => new Error("no connection", { cause: Object.assign(new Error("socket"), { code }) });

describe("what a failed call says about its effect", () => {
  test.each<[string, unknown, string]>([
    ["a breaker that is open", givenUp("circuit_open", 0, new Error("open")), "unavailable"],
    ["too many calls", givenUp("too_many_calls", 0, new Error("busy")), "unavailable"],
    ["no connection", givenUp("failed", 3, coded("ECONNREFUSED")), "unavailable"],
    ["a connection that broke", givenUp("failed", 1, coded("ECONNRESET")), "unknown"],
    ["no answer in time", givenUp("timeout", 1, Object.assign(new Error("t"), { name: "TimeoutError" })), "unknown"],
    ["an answered 500", givenUp("failed", 1, stripeError(500)), "answered_5xx"],
    ["429 to the end", givenUp("busy", 3, stripeError(429)), "unavailable"],
    ["409 to the end: the same key is at work", givenUp("busy", 3, stripeError(409)), "unknown"],
    ["an unknown parameter", stripeError(400), "refused"],
    ["a key that was used with other parameters", idempotencyError, "answered_5xx"],
    ["the caller's own time", Object.assign(new Error("a"), { name: "TimeoutError" }), "unknown"],
  ])("%s", (_, error, outcome) => {
    expect(StripeOutcomeError.of(error)).toMatchObject({ name: "StripeOutcomeError", outcome });
  });

  test("a decline names its reason and its charge", () => {
    const declined = Stripe.errors.generateV1Error({
      type: "card_error",
      statusCode: 402,
      code: "card_declined",
      decline_code: "insufficient_funds",
      charge: "ch_1",
      message: "m",
    } as never);
    expect(StripeOutcomeError.of(declined)).toMatchObject({
      outcome: "declined",
      code: "card_declined",
      declineCode: "insufficient_funds",
      chargeId: "ch_1",
    });
  });

  test("a defect of ours stays what it is", () => {
    const defect = new RangeError("ours");
    expect(StripeOutcomeError.of(defect)).toBe(defect);
  });
});
