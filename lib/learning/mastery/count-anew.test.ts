import { expect, test } from "vitest";
import { replay } from "./apply-attempt";
import { countAnew } from "./count-anew";
import { masteryChangeSchema, type Attempt } from "./schemas";

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

function attempt(number: number, concept: string, passed: boolean): Attempt {
  return {
    id: id(number),
    at: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
    aim: { concept, reference: 0, levels: ["apply"] },
    facts: { item: id(number), bloom: "apply", difficulty: 0.5, guess: 0, answers: 0 },
    passed,
    hintsUsed: 0,
    review: false,
  };
}

const SETTLED = { id: id(2), at: "2026-02-01T00:00:00.000Z", by: "person" } as const;
const told = [attempt(1, "promises", true), attempt(2, "promises", false), attempt(3, "closures", true)];

test("an answer that passed after all raises its concept, and what its learner is believed to be able to elsewhere", () => {
  const before = replay(told);
  const { state, changes } = countAnew(before, told, { ...SETTLED, passed: true });
  expect(state).toEqual(replay([told[0], { ...told[1], passed: true }, told[2]] as Attempt[]));
  expect(changes.map(({ concept, before: was, after }) => [concept, after > was])).toEqual([
    ["promises", true],
    ["closures", true],
  ]);
  for (const change of changes) {
    expect(masteryChangeSchema.parse(change).reason.code).toBe("counted_anew");
    expect(change.attempt).toBe(SETTLED.id);
  }
});

test("a verdict that stays changes nothing", () => {
  const before = replay(told);
  expect(countAnew(before, told, { ...SETTLED, passed: false })).toEqual({ state: before, changes: [] });
});

test("an answer that waited counts at its place once somebody has looked", () => {
  const before = replay([told[0], told[2]] as Attempt[]);
  const { state, changes } = countAnew(before, told, { ...SETTLED, passed: false });
  expect(state).toEqual(replay(told));
  expect(changes.map(({ concept }) => concept)).toContain("promises");
  expect(changes[0]?.reason.sentence).toContain("did not pass");
});

test("the reason says whether a person or a model has looked", () => {
  const before = replay([told[0], told[2]] as Attempt[]);
  const sentence = (by: "person" | "model", passed: boolean) =>
    countAnew(before, told, { ...SETTLED, passed, by }).changes[0]?.reason.sentence;
  for (const passed of [true, false]) {
    expect(sentence("model", passed)).toContain("A model");
    expect(sentence("person", passed)).not.toContain("model");
  }
});
