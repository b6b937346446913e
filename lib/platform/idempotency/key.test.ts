import { describe, expect, test } from "vitest";
import { callerOfGuest, callerOfUser, fingerprint, readKey } from "./key";

const codeOf = (header: string | null): unknown => {
  try {
    return readKey(header);
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe("readKey", () => {
  test.each([
    ["abcdefgh", "abcdefgh"],
    ["  abcdefgh  ", "abcdefgh"],
    ['"abcdefgh"', "abcdefgh"],
    [String.raw`"abc\"\\defgh"`, String.raw`abc"\defgh`],
    [String.raw`abc"\defgh`, String.raw`abc"\defgh`],
    ["~".repeat(255), "~".repeat(255)],
    ["~".repeat(256), "idempotency_key_invalid"],
    ["abcdefg", "idempotency_key_invalid"],
    ['"abcdefg"', "idempotency_key_invalid"],
    ['"abcdefgh', "idempotency_key_invalid"],
    ['"abcdefgh";p=1', "idempotency_key_invalid"],
    [String.raw`"abcdef\g"`, "idempotency_key_invalid"],
    ["abcd efgh", "idempotency_key_invalid"],
    ['"abcd efgh"', "idempotency_key_invalid"],
    ["key-one1, key-two2", "idempotency_key_invalid"],
    ["schlüssel1", "idempotency_key_invalid"],
    ["abcdefgh\u0000", "idempotency_key_invalid"],
    ['""', "idempotency_key_invalid"],
    ["   ", "idempotency_key_required"],
    ["", "idempotency_key_required"],
    [null, "idempotency_key_required"],
  ])("reads %j as %j", (header, expected) => {
    expect(codeOf(header)).toBe(expected);
  });
});

describe("fingerprint", () => {
  test("knows a body by its content, not by the order of its members", () => {
    expect(fingerprint({ a: 1, b: { c: [1, 2], d: "x" } })).toBe(
      fingerprint({ b: { d: "x", c: [1, 2] }, a: 1, e: undefined }),
    );
  });

  test.each([
    [{ a: 1 }, { a: "1" }],
    [{ a: null }, {}],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ],
    [{ "a,b": 1 }, { a: 1, b: 1 }],
    [new Date(0), new Date(1)],
  ])("tells %j from %j", (a, b) => {
    expect(fingerprint(a)).not.toBe(fingerprint(b));
  });
});

test("a caller's hash tells users from guests and does not hold the address", () => {
  expect(callerOfGuest(" A@B.example ")).toBe(callerOfGuest("a@b.example"));
  expect(callerOfUser("a@b.example")).not.toBe(callerOfGuest("a@b.example"));
  expect(callerOfGuest("a@b.example")).toMatch(/^[0-9a-f]{64}$/);
});
