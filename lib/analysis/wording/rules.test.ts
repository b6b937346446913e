import { describe, expect, it } from "vitest";
import type { Insight } from "../insights/schemas";
import { inWords } from "./rules";

const insight = (sentence: string): Insight => ({
  ruleId: "r",
  kind: "gap",
  topic: "tests",
  sentence,
  reason: "Because",
  weight: 1,
  evidence: [{ path: "a.ts", line: 1, endLine: null, label: null }],
  total: 1,
});
const all = ["one", "two", "three"].map(insight);

describe("inWords", () => {
  it("changes sentences and order, keeps each rule's own words beside, and loses nothing", () => {
    const shown = inWords(all, [
      { insight: 2, sentence: "drei", quotes: ["three"] },
      { insight: 0, sentence: null, quotes: [] },
      { insight: 9, sentence: "neun", quotes: [] },
    ]);
    expect(shown.map(({ sentence, own }) => [sentence, own])).toEqual([
      ["drei", "three"],
      ["one", undefined],
      ["two", undefined],
    ]);
    expect(shown.every(({ evidence, ruleId }) => evidence.length === 1 && ruleId === "r")).toBe(true);
  });

  it("leaves everything as it is without a wording", () => {
    expect(inWords(all, [])).toEqual(all);
  });
});
