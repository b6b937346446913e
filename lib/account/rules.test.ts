import { describe, expect, it } from "vitest";
import { looksLikeEmail, passwordIsAddress, passwordWeakness } from "./rules";

describe("passwordWeakness", () => {
  it.each(["devmentor-demo-1", "four quiet brown owls", "ünïcödé-pässwörd", "x".repeat(3) + "yzabcdefg"])(
    "accepts %s",
    (password) => {
      expect(passwordWeakness(password)).toBeNull();
    },
  );

  it.each([
    ["short", /at least 10/],
    ["", /at least 10/],
    ["👍👍👍👍👍", /at least 10/],
    ["aaaaaaaaaaaa", /first passwords/],
    ["Password123", /first passwords/],
    ["ä".repeat(36) + "x", /at most 72/],
  ])("refuses %j", (password, reason) => {
    expect(passwordWeakness(password)).toMatch(reason);
  });
});

it("knows one's own address for a password", () => {
  expect(passwordIsAddress("Ada.Lovelace", "ada.lovelace@example.org")).toBe(true);
  expect(passwordIsAddress("ADA.lovelace@example.org", "ada.lovelace@example.org")).toBe(true);
  expect(passwordIsAddress("another one entirely", "ada.lovelace@example.org")).toBe(false);
});

describe("looksLikeEmail", () => {
  it.each(["a@b.co", "first.last+tag@sub.example.org", "o'brien@example.ie", "ü@bücher.example"])(
    "accepts %s",
    (email) => {
      expect(looksLikeEmail(email)).toBe(true);
    },
  );
  it.each(["", "a", "a@b", "a@b.", "a@.b", "a b@c.de", "a@b@c.de", "<a@b.co>", "a@b..co", `${"a".repeat(250)}@b.co`])(
    "refuses %j",
    (email) => {
      expect(looksLikeEmail(email)).toBe(false);
    },
  );
});
