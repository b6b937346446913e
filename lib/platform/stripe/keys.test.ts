import { expect, test } from "vitest";
import { statementSuffix } from "./intents";
import { keyStillKnown, paymentKey } from "./keys";

test("a key says the payment, the operation and the number", () => {
  expect(paymentKey("p", "confirm", 2)).toBe("payment_p_confirm_2");
});

test("a key is not trusted beyond 23 hours", () => {
  const at = new Date("2026-11-25T00:00:00Z");
  expect(keyStillKnown(at, new Date("2026-11-25T22:59:59Z"))).toBe(true);
  expect(keyStillKnown(at, new Date("2026-11-25T23:00:00Z"))).toBe(false);
});

test.each([
  ["Clean water for Zoë's village", "CLEAN WATER"],
  ["Brunnen", "BRUNNEN"],
  ["*<>\\'\"", undefined],
  ["2026", undefined],
  ["水", undefined],
])("the statement says %s as %s", (title, suffix) => {
  expect(statementSuffix(title)).toBe(suffix);
});
