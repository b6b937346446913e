import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  aFinding,
  aFunction,
  anInput,
  anOccurrence,
  aPattern,
  CATALOGUE,
  inputs,
  shuffled,
} from "@/tests/support/analysis-inputs";
import { deriveInsights, RULES } from "./derive";
import type { InsightInput } from "./input";
import { insightsFoundSchema, MAX_NEXT_STEPS } from "./schemas";

/** Every place that the input itself names. */
function knownPlaces(input: InsightInput): Set<string> {
  const places = [
    ...(input.patterns?.patterns.flatMap((pattern) => pattern.examples) ?? []),
    ...(input.patterns?.functions.hotspots ?? []),
    ...(input.patterns?.documentation.missing ?? []),
    ...(input.patterns?.documentation.readme ? [{ path: input.patterns.documentation.readme, line: 1 }] : []),
    ...(input.security?.findings ?? []),
    ...input.languages.skipped.flatMap(({ examples }) => examples.map((path) => ({ path, line: 1 }))),
  ];
  return new Set(places.map(({ path, line }) => `${path}:${line}`));
}

const derive = (input: InsightInput) => deriveInsights(input, CATALOGUE);
const says = (input: InsightInput, ruleId: string) =>
  derive(input).insights.filter((insight) => insight.ruleId === ruleId);

describe("what is said of any code", () => {
  it("rests on places that are in the input, is never said twice, and fits its schema", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const found = insightsFoundSchema.parse(derive(input));
        const known = knownPlaces(input);
        for (const said of [...found.insights, ...found.nextSteps]) {
          expect(said.evidence.length).toBeGreaterThan(0);
          expect(said.total).toBeGreaterThanOrEqual(said.evidence.length);
          for (const { path, line } of said.evidence) expect(known).toContain(`${path}:${line}`);
        }
        for (const { places } of found.recommendations)
          for (const { path, line } of places) expect(known).toContain(`${path}:${line}`);
        const sentences = [...found.insights, ...found.nextSteps].map(({ sentence }) => sentence);
        expect(new Set(sentences).size).toBe(sentences.length);
        expect(found.nextSteps.length).toBeLessThanOrEqual(MAX_NEXT_STEPS);
        const ids = new Set(RULES.map(({ id }) => id));
        for (const { ruleId } of [...found.insights, ...found.nextSteps]) expect(ids).toContain(ruleId);
      }),
      { numRuns: 60 },
    );
  });

  it("does not depend on the order in which things were found", () => {
    fc.assert(
      fc.property(inputs, fc.infiniteStream(fc.nat()), (input, randomness) => {
        expect(derive(shuffled(input, randomness))).toEqual(derive(input));
      }),
      { numRuns: 60 },
    );
  });

  it("does not depend on it where two things begin on one line either", () => {
    const places = [anOccurrence({ line: 4, endLine: 4 }), anOccurrence({ line: 4, endLine: 9 })];
    const of = (examples: typeof places) =>
      derive(anInput({ patterns: [aPattern({ id: "p-risk", kind: "risk", count: 40, inTests: 0, examples })] }));
    expect(of(places).insights.flatMap(({ evidence }) => evidence)).not.toEqual([]);
    expect(of(places.toReversed())).toEqual(of(places));
  });

  it("holds no source text and no secret", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(JSON.stringify(derive(input))).not.toContain("SNIPPET");
      }),
      { numRuns: 20 },
    );
  });

  it("is nothing when nothing was found", () => {
    const nothing = derive({
      languages: { ...anInput().languages, languages: [], skipped: [] },
      patterns: null,
      security: null,
    });
    expect(nothing).toMatchObject({ insights: [], nextSteps: [], recommendations: [] });
    expect(nothing.rulesTried).toBeGreaterThanOrEqual(25);
  });
});

describe("the rules", () => {
  it("are at least 25, over all six topics, each with an id and a reason of its own", () => {
    expect(RULES.length).toBeGreaterThanOrEqual(25);
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
    expect(new Set(RULES.map(({ topic }) => topic)).size).toBe(6);
    for (const { id, topic, reason } of RULES) {
      expect(id.startsWith(`${topic}.`)).toBe(true);
      expect(reason.length).toBeGreaterThan(40);
    }
  });

  it("each have a thing to say about some input", () => {
    const silent = new Set(RULES.map(({ id }) => id));
    for (const input of fc.sample(inputs, { numRuns: 400, seed: 4 }))
      for (const { ruleId } of derive(input).insights) silent.delete(ruleId);
    expect([...silent]).toEqual([]);
  });

  it("name functions above SonarSource's limit as hotspots, the worst first, and its first step", () => {
    const input = anInput({
      hotspots: [
        aFunction({ path: "a.ts", line: 3, cognitive: 16 }),
        aFunction({ path: "b.ts", line: 9, endLine: 80, cognitive: 48 }),
        aFunction({ path: "c.ts", cognitive: 15 }),
      ],
    });
    expect(says(input, "complexity.hard-to-follow")).toMatchObject([
      {
        kind: "hotspot",
        sentence: "2 functions have a cognitive complexity above 15, up to 48.",
        evidence: [
          { path: "b.ts", line: 9, endLine: 80 },
          { path: "a.ts", line: 3 },
        ],
        total: 2,
      },
    ]);
    expect(says(anInput({ hotspots: [aFunction({ cognitive: 15 })] }), "complexity.hard-to-follow")).toEqual([]);
    expect(derive(input).nextSteps.map(({ ruleId }) => ruleId)).toContain("complexity.hard-to-follow");
  });

  it("put a likely secret before everything else, and say nothing of it when it is in a test", () => {
    const secret = aFinding({
      category: "secret",
      severity: "high",
      confidence: "high",
      role: "source",
      path: "k.ts",
      line: 4,
    });
    const risky = aPattern({ id: "p-risk", kind: "risk", count: 40, inTests: 0 });
    const input = anInput({ findings: [secret], patterns: [risky], hotspots: [aFunction({ cognitive: 90 })] });
    expect(derive(input).nextSteps[0]).toMatchObject({
      ruleId: "security.secrets-in-code",
      evidence: [{ path: "k.ts", line: 4 }],
    });
    const tame = anInput({ findings: [{ ...secret, role: "test", confidence: "low" }] });
    expect(says(tame, "security.secrets-in-code")).toEqual([]);
    expect(says(tame, "security.secrets-in-tests-only")).toHaveLength(1);
  });

  it("keep quiet about a finding that somebody decided about", () => {
    const decided = aFinding({
      severity: "critical",
      confidence: "high",
      role: "source",
      suppressed: { reason: "Checked", by: "comment" },
    });
    const input = anInput({ findings: [decided] });
    expect(says(input, "security.grave-code")).toEqual([]);
    expect(says(input, "security.decided")).toHaveLength(1);
  });

  it("ask for tests where there are none, at the most complex code", () => {
    const hot = aFunction({ path: "core.ts", line: 7, cognitive: 20 });
    const input = anInput({ hotspots: [hot], tests: { files: 0, cases: 0, sourceFiles: 12, linesRatio: 0 } });
    expect(says(input, "tests.none")).toMatchObject([{ evidence: [{ path: "core.ts", line: 7 }] }]);
    expect(derive(input).nextSteps[0]?.ruleId).toBe("tests.none");
  });

  it("count what has no comment, however few of them are listed", () => {
    const base = anInput();
    if (!base.patterns) throw new Error("no patterns");
    const missing = [{ path: "a.ts", line: 3, name: "load" }];
    const documentation = {
      ...base.patterns.documentation,
      readme: null,
      publicFunctions: 90,
      documentedFunctions: 10,
      missing,
    };
    const input = { ...base, patterns: { ...base.patterns, documentation } };
    expect(says(input, "documentation.no-readme")).toMatchObject([
      { sentence: "There is no README, and 80 public functions are without a comment.", total: 80, evidence: [{}] },
    ]);
  });

  it("take test data and settings of a repository for no copied code", () => {
    const of = (copied: number | undefined) => {
      const base = anInput();
      const skipped = [
        {
          reason: "vendored" as const,
          files: 40,
          bytes: 900,
          examples: [".gitignore"],
          ...(copied === undefined ? {} : { copied }),
        },
      ];
      return says({ ...base, languages: { ...base.languages, skipped } }, "languages.copied-code");
    };
    expect([of(undefined), of(0), of(4)]).toEqual([[], [], []]);
    expect(of(7)).toMatchObject([{ sentence: "7 files of other people’s code are committed here.", total: 7 }]);
  });

  it("name one thing once: the hardest functions of several files, a pattern among the most frequent ones", () => {
    const hotspots = ["a.ts", "a.ts", "a.ts", "b.ts", "b.ts", "b.ts"].map((path, at) =>
      aFunction({ path, line: at + 1, cognitive: 40 - at }),
    );
    expect(says(anInput({ hotspots }), "complexity.gathers-in-one-file")).toMatchObject([
      { sentence: "6 of the 6 hardest functions stand in 2 files, 3 of them in one." },
    ]);
    const everywhere = aPattern({ count: 90, inTests: 0, files: 9 });
    const said = derive(anInput({ patterns: [everywhere] })).insights;
    expect(said.filter(({ ruleId }) => ruleId === "patterns.signature")).toHaveLength(1);
    expect(said.filter(({ ruleId }) => ruleId === "patterns.everywhere")).toEqual([]);
  });

  it("take three steps of different topics before a second one of the same", () => {
    const input = anInput({
      hotspots: [aFunction({ cognitive: 40 })],
      patterns: [
        aPattern({ examples: [anOccurrence({ inTest: true })] }),
        aPattern({ id: "p-risk", kind: "risk", count: 30, inTests: 0 }),
        aPattern({ id: "q-risk", kind: "risk", count: 30, inTests: 0 }),
      ],
      tests: { files: 1, cases: 1, sourceFiles: 90, linesRatio: 0.01 },
    });
    const topics = derive(input).nextSteps.map(({ topic }) => topic);
    expect(topics).toHaveLength(3);
    expect(new Set(topics).size).toBe(3);
  });
});
