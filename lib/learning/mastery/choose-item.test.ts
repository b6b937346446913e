import { describe, expect, test } from "vitest";
import { applyAttempt, NEW_LEARNER } from "./apply-attempt";
import { chooseItem, type Choice, type NoChoice, type PathConcept } from "./choose-item";
import type { ItemFacts, LearnerState } from "./schemas";

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const NOW = "2026-03-01T12:00:00.000Z";
const STEADY = [0.99, 0] as const;

const item = (number: number, difficulty: number, bloom: ItemFacts["bloom"] = "apply"): ItemFacts => ({
  item: id(number),
  bloom,
  difficulty,
  guess: 0,
  answers: 0,
});

const concept = (slug: string, items: readonly ItemFacts[], prerequisites: readonly string[] = []): PathConcept => ({
  aim: { concept: slug, reference: 0, levels: ["apply"] },
  prerequisites,
  items,
});

const first = concept("promises", [item(1, -2), item(2, -1), item(3, 0), item(4, 1), item(5, 2)]);
const second = concept("cancellation", [item(11, 0), item(12, 1)], ["promises"]);

function answer(
  learner: LearnerState,
  at: PathConcept,
  facts: ItemFacts,
  passed: boolean,
  review = false,
): LearnerState {
  return applyAttempt(learner, {
    id: id(1),
    at: NOW,
    aim: at.aim,
    facts,
    passed,
    hintsUsed: 0,
    review,
  }).state;
}

function masterOf(at: PathConcept, learner: LearnerState = NEW_LEARNER): LearnerState {
  let state = learner;
  for (let turn = 0; turn < 40 && state.concepts[at.aim.concept]?.status !== "mastered"; turn += 1) {
    state = answer(state, at, item(500 + turn, 1), true);
  }
  return state;
}

function numberOf(choice: Choice | NoChoice): number | null {
  return choice.item === null ? null : Number(choice.item.item.slice(-12));
}

const choose = (learner: LearnerState, changes: Partial<Parameters<typeof chooseItem>[0]> = {}) =>
  chooseItem({ learner, path: [first, second], now: NOW, chance: STEADY, ...changes });

describe("the order", () => {
  test("what was begun comes first, a due review before something new", () => {
    const learner = masterOf(first);
    const later = "2027-03-01T12:00:00.000Z";
    const pending = choose(learner, { now: later, pending: { item: id(12), review: false } });
    expect([numberOf(pending), pending.reason.code]).toEqual([12, "pending"]);
    const due = choose(learner, { now: later });
    expect(due).toMatchObject({ concept: "promises", review: true, reason: { code: "review_due" } });
    const fresh = choose(learner);
    expect(fresh).toMatchObject({ concept: "cancellation", review: false, reason: { code: "frontier" } });
  });

  test("a review asks what the gate would count, and not what was just answered", () => {
    const learner = answer(masterOf(first), first, item(3, 0), true);
    expect(numberOf(choose(learner, { now: "2027-03-01T12:00:00.000Z" }))).toBe(4);
  });

  test("a concept that lapsed goes before the next one", () => {
    const learner = masterOf(second, masterOf(first));
    const lapsed = answer(learner, second, item(11, 0), false, true);
    expect(choose(lapsed)).toMatchObject({ concept: "cancellation", reason: { code: "lapsed" } });
  });

  test("something begun that is no longer there is passed over", () => {
    expect(choose(NEW_LEARNER, { pending: { item: id(99), review: false } }).reason.code).toBe("frontier");
  });
});

describe("the item", () => {
  test("is the one whose chance is nearest to three in four", () => {
    const choice = choose(NEW_LEARNER);
    expect(numberOf(choice)).toBe(2);
    expect(choice).toMatchObject({
      reason: { sentence: expect.stringContaining("The chance that you pass is put at ") },
    });
  });

  test("is at times one behind it, by the numbers that were drawn", () => {
    expect([0, 0.4, 0.9].map((which) => numberOf(choose(NEW_LEARNER, { chance: [0, which] })))).toEqual(
      [0, 0.4, 0.9].map((which) => numberOf(choose(NEW_LEARNER, { chance: [0, which] }))),
    );
    expect(numberOf(choose(NEW_LEARNER, { chance: [0, 0] }))).not.toBe(2);
  });

  test("shows a level that the gate still lacks, rather than one more of the same", () => {
    const mixed: PathConcept = {
      aim: { concept: "promises", reference: 0, levels: ["apply", "evaluate"] },
      prerequisites: [],
      items: [item(1, -1), item(2, -1.1), item(3, -1.15, "evaluate")],
    };
    const learner = answer(NEW_LEARNER, mixed, item(9, -1), true);
    expect(numberOf(choose(learner, { path: [mixed] }))).toBe(3);
  });

  test("is none that was passed while there are others, and none answered a moment ago", () => {
    let learner = answer(NEW_LEARNER, first, item(2, -1), true);
    expect(numberOf(choose(learner))).not.toBe(2);
    learner = answer(learner, first, item(3, 0), false);
    expect(numberOf(choose(learner))).not.toBe(3);
  });

  test("is asked again when it is the only one left, the longest ago first", () => {
    const lonely = concept("promises", [item(1, 0)]);
    const once = answer(NEW_LEARNER, lonely, item(1, 0), true);
    expect(numberOf(choose(once, { path: [lonely] }))).toBe(1);
    const pair = concept("promises", [item(1, 0), item(2, 0)]);
    const both = answer(answer(NEW_LEARNER, pair, item(1, 0), true), pair, item(2, 0), true);
    expect(numberOf(choose(both, { path: [pair] }))).toBe(1);
  });
});

describe("nothing", () => {
  test("comes with its reason", () => {
    const all = masterOf(second, masterOf(first));
    expect(choose(all).reason.code).toBe("all_mastered");
    expect(choose(NEW_LEARNER, { path: [concept("promises", [])] }).reason.code).toBe("no_items");
    const locked = [
      concept("generics", [item(1, 0)], ["generators"]),
      concept("generators", [item(2, 0)], ["generics"]),
    ];
    expect(choose(NEW_LEARNER, { path: locked }).reason.code).toBe("locked");
  });
});
