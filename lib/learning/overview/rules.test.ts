import { describe, expect, it } from "vitest";
import { aConcept, aTrack, knowing } from "@/tests/support/learning-content";
import { NEW_LEARNER } from "../mastery/apply-attempt";
import { mapOf, nextOf, standingOf } from "./rules";
import type { Track } from "../content/schemas";

const NOW = "2026-05-01T12:00:00.000Z";
const TRACKS = [
  aTrack("one", [aConcept("base"), aConcept("middle", ["base"]), aConcept("top", ["middle"])]),
  aTrack("two", [aConcept("other", ["base"]), aConcept("free")]),
];
const review = (due: string) => ({ due, last: NOW, stability: 3, difficulty: 5, reps: 1, lapses: 0 });

describe("where a concept stands", () => {
  const middle = aConcept("middle", ["base"]);
  it.each([
    ["locked", {}],
    ["open", { base: {} }],
    ["practising", { middle: { status: "practising" } }],
    ["lapsed", { middle: { status: "lapsed" } }],
    ["mastered", { middle: { review: review("2026-05-02T00:00:00.000Z") } }],
    ["review_due", { middle: { review: review("2026-04-30T00:00:00.000Z") } }],
  ] as const)("is %s", (standing, states) => {
    expect(standingOf(middle, knowing(states), NOW)).toBe(standing);
  });
});

describe("what comes next on a track", () => {
  const [one] = TRACKS as [Track, Track];
  it("is what was forgotten, then what was begun, then what is open, then what is locked", () => {
    const next = (states: Parameters<typeof knowing>[0]) => nextOf(one, knowing(states), NOW)?.slug;
    expect(next({})).toBe("base");
    expect(next({ base: {} })).toBe("middle");
    expect(next({ top: { status: "practising" } })).toBe("top");
    expect(next({ base: { status: "practising" }, top: { status: "lapsed" } })).toBe("top");
    expect(next({ base: {}, middle: {}, top: {} })).toBeUndefined();
  });
});

describe("the map", () => {
  it("puts each concept after all that it builds on, of other tracks too", () => {
    const [one, two] = TRACKS as [Track, Track];
    const levels = mapOf(one, TRACKS, knowing({ base: {} }), NOW);
    expect(levels.map(slugsOf)).toEqual([["base"], ["middle"], ["top"]]);
    expect(levels[1]?.[0]?.builtOn).toEqual([{ slug: "base", title: "BASE", trackSlug: "one", mastered: true }]);
    expect(levels[1]?.[0]?.leadsTo.map(({ slug }) => slug)).toEqual(["top"]);
    const [first] = mapOf(two, TRACKS, NEW_LEARNER, NOW);
    expect(first?.[0]?.builtOn).toEqual([{ slug: "base", title: "BASE", trackSlug: "one", mastered: false }]);
  });
});

function slugsOf(level: readonly { readonly slug: string }[]): string[] {
  return level.map(({ slug }) => slug);
}
