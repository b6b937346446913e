import { describe, expect, it } from "vitest";
import { aConcept, aTrack, knowing } from "@/tests/support/learning-content";
import { NEW_LEARNER } from "../../mastery/apply-attempt";
import { pathFor, type PathStep, type Recommended, type Remembered, type Weakness } from "./rules";

const NOW = "2026-05-01T12:00:00.000Z";
const TRACKS = [
  aTrack("one", [aConcept("base"), aConcept("middle", ["base"]), aConcept("top", ["middle"], ["pattern-top"])]),
  aTrack("two", [aConcept("other", ["base"], ["near"]), aConcept("free", [], ["near"])]),
];
const NOTHING = { tracks: TRACKS, learner: NEW_LEARNER, shown: null, remembered: [], enrolled: [], now: NOW };

const recommended = (concept: string, of: Partial<Recommended> = {}): Recommended => ({
  concept,
  reasons: [{ kind: "misused", sentence: "It is used wrongly in 3 places." }],
  places: [{ path: "src/a.ts", line: 7 }],
  ...of,
});
const weakness = (concept: string): Weakness => ({
  concept,
  title: "A query is put together from values",
  places: 2,
  first: { path: "src/db.ts", line: 9 },
});
const pattern = (concept: string, of: Partial<Remembered> = {}): Remembered => ({
  name: "Floating promise",
  concept,
  kind: "risk",
  correction: null,
  count: 4,
  sightings: [],
  ...of,
});
const slugs = (steps: readonly PathStep[]) => steps.map(({ concept }) => concept);
const sentences = (step: PathStep | undefined) => step?.reasons.map(({ sentence }) => sentence);

describe("the path", () => {
  it("leads to what the code's analysis recommends, through what that builds on, each with its reason", () => {
    const path = pathFor({ ...NOTHING, shown: { recommended: [recommended("pattern-top")], weaknesses: [] } });
    expect(slugs(path)).toEqual(["base", "middle", "top"]);
    expect(path[0]).toMatchObject({
      standing: "open",
      reasons: [{ source: "ground", sentence: "“MIDDLE”, which your code leads to, builds on it.", place: null }],
      fromOwnCode: false,
    });
    expect(path[2]).toMatchObject({
      standing: "locked",
      reasons: [
        { source: "analysis", sentence: "It is used wrongly in 3 places.", place: { path: "src/a.ts", line: 7 } },
      ],
      fromOwnCode: true,
    });
  });

  it("says what the code shows of a concept that another builds on, before that", () => {
    const path = pathFor({
      ...NOTHING,
      shown: { recommended: [recommended("middle"), recommended("base")], weaknesses: [] },
    });
    expect(slugs(path)).toEqual(["base", "middle"]);
    expect(sentences(path[0])).toEqual([
      "It is used wrongly in 3 places.",
      "“MIDDLE”, which your code leads to, builds on it.",
    ]);
  });

  it("puts first what is wished for, then what was forgotten, is dangerous, recommended, remembered, begun and taken", () => {
    const tracks = [
      aTrack(
        "one",
        ["g", "f", "e", "d", "c", "b", "a"].map((slug) => aConcept(slug)),
      ),
    ];
    const path = pathFor({
      ...NOTHING,
      tracks,
      learner: knowing({
        b: { status: "lapsed" },
        f: { status: "practising", attempts: 1 },
        e: { status: "practising" },
      }),
      shown: { recommended: [recommended("d")], weaknesses: [weakness("c")] },
      remembered: [pattern("a", { correction: "want_to_learn" }), pattern("d"), pattern("e")],
      enrolled: ["one"],
    });
    expect(slugs(path)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(path.map(({ reasons }) => reasons[0]?.source)).toEqual([
      "wish",
      "lapsed",
      "weakness",
      "analysis",
      "memory",
      "begun",
    ]);
    expect(path[2]?.reasons[0]).toEqual({
      source: "weakness",
      sentence: "A query is put together from values: 2 places in your code.",
      place: { path: "src/db.ts", line: 9 },
    });
    expect(sentences(path[4])).toEqual([
      "“Floating promise” was seen in your code 4 times.",
      "You began it: 4 answers so far.",
    ]);
    // What the analysis says itself is not said again from memory.
    expect(sentences(path[3])).toEqual(["It is used wrongly in 3 places."]);
    // What was forgotten is what comes next on the track too.
    expect(sentences(path[1])).toContain("The next lesson of “ONE”, which you take.");
  });

  it("names the place of what was seen elsewhere, and an idea that answers showed", () => {
    const seen = {
      source: "repository" as const,
      analysisId: null,
      responseId: null,
      repoUrl: "https://github.com/octo/shop",
      commit: "c0ffee",
      count: 4,
      good: 0,
      places: [{ path: "src/pay.ts", line: 12, endLine: 12, language: "TypeScript" }],
      seenAt: NOW,
    };
    const answered = { ...seen, source: "exercise" as const, repoUrl: null, commit: null };
    const remembered = [
      pattern("base", { sightings: [seen, answered] }),
      pattern("free", { kind: "misconception", count: 1 }),
    ];
    const path = pathFor({ ...NOTHING, remembered });
    expect(path.map(sentences)).toEqual([
      ["“Floating promise” was seen in your code 4 times, such as src/pay.ts:12 of octo/shop."],
      ["Your answers showed this idea once: “Floating promise”."],
    ]);
    const inAnswers = pathFor({ ...NOTHING, remembered: [pattern("base", { sightings: [answered], count: 1 })] });
    expect(inAnswers.flatMap(sentences)).toContain("“Floating promise” was seen in your answers once.");
  });

  it("believes the learner: what they know or is not theirs does not lead them, unless it is wrong in their code", () => {
    const why = (recommendation: Recommended, remembered: Remembered[]) =>
      pathFor({ ...NOTHING, shown: { recommended: [recommendation], weaknesses: [] }, remembered }).find(
        ({ concept }) => concept === "free",
      )?.reasons[0]?.source;
    const rare = recommended("free", { reasons: [{ kind: "rare", sentence: "Used well once so far." }] });
    const known = pattern("free", { kind: "habit", correction: "known" });
    expect(why(rare, [])).toBe("analysis");
    expect(why(rare, [known])).toBe("start");
    expect(why(recommended("free"), [known])).toBe("analysis");
    expect(why(recommended("free"), [pattern("free", { correction: "not_mine" })])).toBe("start");
    // Of one of two patterns alone nothing follows for the concept.
    expect(why(rare, [known, pattern("free", { kind: "habit" })])).toBe("analysis");
  });

  it("takes the lesson that has the concept as its own before those that are near it", () => {
    const shown = (concept: string) => ({ recommended: [recommended(concept)], weaknesses: [] });
    expect(slugs(pathFor({ ...NOTHING, shown: shown("near") }))).toEqual(["base", "other", "free"]);
    const own = [...TRACKS, aTrack("three", [aConcept("near")])];
    expect(slugs(pathFor({ ...NOTHING, tracks: own, shown: shown("near") }))).toEqual(["near"]);
  });

  it("leaves out what is mastered, and goes on with the tracks that are taken", () => {
    const learner = knowing({ base: {}, middle: {} });
    const shown = { recommended: [recommended("middle")], weaknesses: [] };
    expect(slugs(pathFor({ ...NOTHING, learner, shown, enrolled: ["two"] }))).toEqual(["other"]);
  });

  it("begins where the tracks begin when nothing is known, also of a concept that no lesson is about", () => {
    const start = pathFor(NOTHING);
    expect(slugs(start)).toEqual(["base", "free"]);
    expect(start[0]?.reasons[0]).toMatchObject({ source: "start" });
    const taken = pathFor({ ...NOTHING, remembered: [pattern("middle", { correction: "want_to_learn" })] });
    expect(sentences(taken[0])).toEqual(["“MIDDLE” builds on it."]);
    expect(pathFor({ ...NOTHING, shown: { recommended: [recommended("unheard-of")], weaknesses: [] } })).toEqual(start);
    const learner = knowing({ free: {} });
    expect(
      slugs(pathFor({ ...NOTHING, learner, shown: { recommended: [recommended("free")], weaknesses: [] } })),
    ).toEqual(["base", "other"]);
  });

  it("is empty when all is mastered", () => {
    const learner = knowing({ base: {}, middle: {}, top: {}, other: {}, free: {} });
    const shown = { recommended: [recommended("top")], weaknesses: [weakness("base")] };
    expect(pathFor({ ...NOTHING, learner, shown, enrolled: ["one", "two"] })).toEqual([]);
  });
});
