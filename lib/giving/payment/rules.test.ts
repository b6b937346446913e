import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge, PAYMENT_STATES, stepsBetween, type PaymentState } from "./rules";

const state = fc.constantFrom(...PAYMENT_STATES);

describe("the payment's machine", () => {
  test("walks one step at a time", () => {
    expect(stepsBetween("pending", "completed")).toEqual(["authorized", "captured", "completed"]);
    expect(stepsBetween("authorized", "completed")).toEqual(["captured", "completed"]);
    expect(stepsBetween("pending", "failed")).toEqual(["failed"]);
    expect(stepsBetween("completed", "completed")).toEqual([]);
    expect(stepsBetween("completed", "authorized")).toBeNull();
    expect(stepsBetween("authorized", "failed")).toBeNull();
  });

  test("never leads back", () => {
    fc.assert(
      fc.property(state, state, (a, b) => {
        const there = stepsBetween(a, b);
        const back = stepsBetween(b, a);
        expect(a === b || !(there && back)).toBe(true);
      }),
    );
  });

  test("any order of a payment's events ends in the same state", () => {
    const run = (events: readonly PaymentState[]) =>
      events.reduce<PaymentState>((at, event) => (judge(at, event) === "advance" ? event : at), "pending");
    fc.assert(
      fc.property(
        fc.shuffledSubarray(["authorized", "captured", "completed", "captured", "authorized"] as PaymentState[], {
          minLength: 5,
        }),
        (events) => {
          expect(run(events)).toBe("completed");
        },
      ),
    );
  });

  test.each<[PaymentState, PaymentState, ReturnType<typeof judge>]>([
    ["pending", "completed", "advance"],
    ["completed", "authorized", "superseded"],
    ["canceled", "captured", "impossible"],
    ["failed", "authorized", "impossible"],
    ["authorized", "failed", "impossible"],
    ["canceled", "canceled", "superseded"],
  ])("%s and an event of %s: %s", (from, to, verdict) => {
    expect(judge(from, to)).toBe(verdict);
  });
});
