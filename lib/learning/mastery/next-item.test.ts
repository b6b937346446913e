import { expect, test } from "vitest";
import { applyAttempt, NEW_LEARNER } from "./apply-attempt";
import type { PathConcept } from "./choose-item";
import { nextItem, type NextSituation } from "./next-item";
import type { ItemFacts, LearnerState } from "./schemas";

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const NOW = "2026-03-01T12:00:00.000Z";

const item = (number: number, difficulty: number, bloom: ItemFacts["bloom"]): ItemFacts => ({
  item: id(number),
  bloom,
  difficulty,
  guess: 0,
  answers: 0,
});

const promises: PathConcept = {
  aim: { concept: "promises", reference: 0, levels: ["apply", "create"] },
  prerequisites: [],
  items: [
    item(1, -1.1, "apply"),
    item(2, -1, "apply"),
    item(3, -1.12, "apply"),
    item(4, 0, "create"),
    item(5, 3, "evaluate"),
  ],
};

const next = (changes: Partial<NextSituation> = {}) => {
  const choice = nextItem({ learner: NEW_LEARNER, path: [promises], now: NOW, chance: [0.99, 0], ...changes });
  return choice.item === null ? null : Number(choice.item.item.slice(-12));
};

function after(facts: ItemFacts, passed: boolean): LearnerState {
  return applyAttempt(NEW_LEARNER, {
    id: id(9),
    at: NOW,
    aim: promises.aim,
    facts,
    passed,
    hintsUsed: 0,
    review: false,
  }).state;
}

test("the level that was told comes before the nearest to the target", () => {
  expect(next()).toBe(1);
  expect(next({ told: { concept: "promises", level: "create" } })).toBe(4);
});

test("what was told gives way where its items are too hard, were answered, or belong to another concept", () => {
  expect(next({ told: { concept: "promises", level: "evaluate" } })).toBe(1);
  expect(next({ told: { concept: "promises", level: "remember" } })).toBe(1);
  expect(next({ told: { concept: "generics", level: "create" } })).toBe(1);
  const learner = after(item(4, 0, "create"), false);
  expect(next({ learner, told: { concept: "promises", level: "create" } })).not.toBe(4);
});

test("memory pulls an item that is about as near, within the level that was told too", () => {
  const pulls = new Map([[id(2), { weight: 1, sentence: "It asks for “Together”, which went wrong once so far." }]]);
  expect(next({ pulls })).toBe(2);
  const choice = nextItem({ learner: NEW_LEARNER, path: [promises], now: NOW, chance: [0.99, 0], pulls });
  expect(choice.reason.sentence).toContain("It asks for “Together”, which went wrong once so far. The chance");
  expect(next({ pulls, told: { concept: "promises", level: "create" } })).toBe(4);
});

test("memory pulls nothing out of the band, however loudly it speaks", () => {
  const pulls = new Map([id(4), id(5)].map((one) => [one, { weight: 1_000, sentence: "." }]));
  expect(next({ pulls })).toBe(1);
});
