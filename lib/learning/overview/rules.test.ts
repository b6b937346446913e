import { describe, expect, it } from "vitest";
import { conceptSchema, type Concept, type Track } from "../content/schemas";
import { NEW_LEARNER } from "../mastery/apply-attempt";
import type { ConceptState, LearnerState } from "../mastery/schemas";
import { mapOf, nextOf, pathFor, standingOf } from "./rules";

const NOW = "2026-05-01T12:00:00.000Z";

function concept(slug: string, prerequisites: string[] = [], recommendedFor: string[] = []): Concept {
  const read = conceptSchema.parse({
    uuid: "9dc6c717-f123-4b80-8c5b-dbc192d6c97a",
    slug,
    title: slug.toUpperCase(),
    summary: "What it is.",
    about: "More.",
    prerequisites,
    blooms: ["apply"],
    recommendedFor,
  });
  return { ...read, exercises: [] };
}

const track = (slug: string, concepts: readonly Concept[]): Track => ({
  uuid: "9dc6c717-f123-4b80-8c5b-dbc192d6c97a",
  slug,
  title: slug.toUpperCase(),
  summary: "A track.",
  language: "typescript",
  concepts,
});

const TRACKS = [
  track("one", [concept("base"), concept("middle", ["base"]), concept("top", ["middle"], ["pattern-top"])]),
  track("two", [concept("other", ["base"]), concept("free")]),
];

function knowing(states: Readonly<Record<string, Partial<ConceptState>>>): LearnerState {
  return {
    ...NEW_LEARNER,
    concepts: Object.fromEntries(
      Object.entries(states).map(([slug, state]) => [
        slug,
        {
          aim: { concept: slug, reference: 0, levels: ["apply"] },
          status: "mastered",
          offset: 0,
          attempts: 4,
          passes: [],
          levels: [],
          items: {},
          review: null,
          lastAt: NOW,
          ...state,
        },
      ]),
    ),
  };
}

const review = (due: string) => ({ due, last: NOW, stability: 3, difficulty: 5, reps: 1, lapses: 0 });
const recommended = (slug: string) => ({
  concept: slug,
  reasons: [{ sentence: "It is used wrongly in 3 places." }],
  places: [{ path: "src/a.ts", line: 7 }],
});
const slugs = (steps: readonly { readonly concept: string }[]) => steps.map((step) => step.concept);

describe("the path", () => {
  it("leads to what the code's analysis recommends, through what that builds on, each with its reason", () => {
    const path = pathFor(TRACKS, NEW_LEARNER, [recommended("pattern-top")], [], NOW);
    expect(slugs(path)).toEqual(["base", "middle", "top"]);
    expect(path[0]).toMatchObject({ standing: "open", reasons: ["“MIDDLE” builds on it."], fromOwnCode: false });
    expect(path[2]).toMatchObject({
      standing: "locked",
      reasons: ["It is used wrongly in 3 places."],
      place: { path: "src/a.ts", line: 7 },
      fromOwnCode: true,
    });
  });

  it("says what the code shows of a concept that another builds on", () => {
    const path = pathFor(TRACKS, NEW_LEARNER, [recommended("middle"), recommended("base")], [], NOW);
    expect(slugs(path)).toEqual(["base", "middle"]);
    expect(path[0]?.reasons).toEqual(["It is used wrongly in 3 places.", "“MIDDLE” builds on it."]);
  });

  it("leaves out what is mastered, and goes on with the tracks that are taken", () => {
    const learner = knowing({ base: {}, middle: {} });
    expect(slugs(pathFor(TRACKS, learner, [recommended("middle")], ["two"], NOW))).toEqual(["other"]);
  });

  it("begins where the tracks begin when nothing is known", () => {
    expect(slugs(pathFor(TRACKS, NEW_LEARNER, [], [], NOW))).toEqual(["base", "free"]);
    expect(pathFor(TRACKS, NEW_LEARNER, [recommended("unheard-of")], [], NOW)).toHaveLength(2);
  });

  it("is empty when all is mastered", () => {
    const learner = knowing({ base: {}, middle: {}, top: {}, other: {}, free: {} });
    expect(pathFor(TRACKS, learner, [recommended("top")], ["one", "two"], NOW)).toEqual([]);
    expect(nextOf(TRACKS[0] as Track, learner, NOW)).toBeUndefined();
  });
});

describe("where a concept stands", () => {
  const middle = concept("middle", ["base"]);
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
