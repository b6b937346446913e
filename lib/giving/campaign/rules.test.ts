import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CAMPAIGN_STATUSES, coverOf, isOpen, isStatusStep, progressOf, slugOf } from "./rules";
import { newCampaignSchema, slugSchema, titleSchema } from "./schemas";

describe("slugOf", () => {
  it.each([
    ["Café für alle!", "cafe-fur-alle"],
    ["  Books -- for   Łódź ", "books-for-lodz"],
    ["Straße & Brücke", "strasse-brucke"],
    ["The children’s garden", "the-childrens-garden"],
    ["東京", ""],
    ["../../etc/passwd", "etc-passwd"],
  ])("%s → %s", (title, slug) => {
    expect(slugOf(title)).toBe(slug);
  });

  it("only ever makes addresses that the schema takes, or too short ones", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (title) => {
        const slug = slugOf(title);
        expect(slug.length < 3 || slugSchema.safeParse(slug).success).toBe(true);
      }),
    );
  });
});

describe("status steps", () => {
  it("are those of the contract", () => {
    const steps = CAMPAIGN_STATUSES.flatMap((from) =>
      CAMPAIGN_STATUSES.filter((to) => from !== to && isStatusStep(from, to)).map((to) => `${from}>${to}`),
    );
    expect(steps).toEqual([
      "draft>active",
      "active>paused",
      "active>completed",
      "active>cancelled",
      "paused>active",
      "paused>completed",
      "paused>cancelled",
    ]);
  });
});

describe("isOpen", () => {
  const now = Date.parse("2026-11-25T12:00:00Z");
  it.each([
    ["active", null, true],
    ["active", "2026-11-25T12:00:01Z", true],
    ["active", "2026-11-25T12:00:00Z", false],
    ["paused", null, false],
    ["draft", null, false],
  ] as const)("%s, ends %s: %s", (status, endsAt, open) => {
    expect(isOpen({ status, endsAt }, now)).toBe(open);
  });
});

describe("progressOf", () => {
  it("never leaves the bar, and rounds a goal that is nearly reached down", () => {
    expect(progressOf({ raisedMinor: 9960, pendingMinor: 5000, goalMinor: 10_000 })).toEqual({
      raised: 0.996,
      pending: expect.closeTo(0.004) as number,
      percent: 99,
    });
    expect(progressOf({ raisedMinor: 25_000, pendingMinor: 1, goalMinor: 10_000 })).toEqual({
      raised: 1,
      pending: 0,
      percent: 250,
    });
    expect(progressOf({ raisedMinor: -5, pendingMinor: 0, goalMinor: 0 })).toEqual({
      raised: 0,
      pending: 0,
      percent: 0,
    });
  });
});

describe("schemas", () => {
  it("takes white space for one blank and refuses what hides or turns text", () => {
    expect(titleSchema.parse("  Books\n for  all ")).toBe("Books for all");
    expect(titleSchema.safeParse("Books\u202Efor all").success).toBe(false);
    expect(titleSchema.safeParse(" ").success).toBe(false);
  });

  it("refuses a fraction of a cent, a goal of nothing, an unknown currency and an unknown field", () => {
    const campaign = { title: "Roof", summary: "S", story: "St", goalMinor: 10_000, currency: "EUR" };
    expect(newCampaignSchema.safeParse(campaign).success).toBe(true);
    for (const change of [
      { goalMinor: 10.5 },
      { goalMinor: 0 },
      { goalMinor: -1 },
      { goalMinor: 1e13 },
      { currency: "ZZZ" },
      { currency: "eur" },
      { slug: "Not A Slug" },
      { coverImage: "http://elsewhere.test/x.png" },
      { coverImage: "javascript:alert(1)" },
      { coverImage: "/admin" },
      { surprise: 1 },
    ])
      expect(newCampaignSchema.safeParse({ ...campaign, ...change }).success, JSON.stringify(change)).toBe(false);
  });

  it("draws the cover that is named, else one by the address, and leaves pictures from elsewhere alone", () => {
    const slug = "books-for-lodz";
    expect(coverOf({ slug, coverImage: "/covers/library.svg" })).toBe("library");
    expect(coverOf({ slug, coverImage: null })).toBe(coverOf({ slug, coverImage: "/covers/nothing.svg" }));
    expect(coverOf({ slug, coverImage: "https://elsewhere.test/x.png" })).toBeNull();
  });
});
