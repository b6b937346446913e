import { describe, expect, it } from "vitest";
import { checkTags, concerns, EVERYTHING, invalidationSchema, matches, merge } from "./invalidation";

describe("matches", () => {
  it.each([
    ["*", "", true],
    ["*", "anything", true],
    ["list:*", "list:1", true],
    ["list:*", "xlist:1", false],
    ["*:en", "page:en", true],
    ["*:en", "page:en:x", false],
    ["a*b*c", "a--b--c", true],
    ["a*b*c", "a--c--b", false],
    ["a*a", "a", false],
    ["ab*ba", "aba", false],
    ["a*b*b", "ab", false],
    ["exact", "exact", true],
    ["exact", "exactly", false],
    ["a.c", "abc", false],
    ["(*", "(x", true],
  ])("%s on %s is %s", (pattern, key, expected) => {
    expect(matches(pattern, key)).toBe(expected);
  });

  it("takes no time for what would make a regular expression hang", () => {
    // A backtracking matcher would outlive the test's time limit.
    expect(matches(`${"*a".repeat(90)}*b`, "a".repeat(20_000))).toBe(false);
  });
});

describe("concerns", () => {
  const page = { cache: "campaign", key: "list:1", tags: ["campaigns"] } as const;

  it.each([
    [{ keys: [{ cache: "campaign", key: "list:1" }] }, true],
    [{ keys: [{ cache: "campaign-totals", key: "list:1" }] }, false],
    [{ tags: ["campaigns"] }, true],
    [{ tags: ["campaign"] }, false],
    [{ patterns: [{ cache: "campaign", pattern: "list:*" }] }, true],
    [{ patterns: [{ cache: "track", pattern: "*" }] }, false],
  ] as const)("%j: %s", (named, expected) => {
    expect(concerns(invalidationSchema.parse(named), page)).toBe(expected);
  });

  it("has everything in EVERYTHING", () => {
    expect(concerns(EVERYTHING, page)).toBe(true);
  });
});

describe("merge", () => {
  it("names each thing once", () => {
    const one = invalidationSchema.parse({ tags: ["a", "b"], keys: [{ cache: "track", key: "1" }] });
    const other = invalidationSchema.parse({ tags: ["b", "c"], keys: [{ cache: "track", key: "1" }] });
    expect(merge([one, other])).toEqual({ tags: ["a", "b", "c"], keys: [{ cache: "track", key: "1" }], patterns: [] });
  });
});

describe("checkTags", () => {
  it("refuses what a CDN's header cannot carry", () => {
    expect(() => checkTags(["campaign:1", "x"])).not.toThrow();
    for (const tag of ["", "a,b", "a b", "é", "x".repeat(201)]) expect(() => checkTags([tag])).toThrow(RangeError);
  });
});
