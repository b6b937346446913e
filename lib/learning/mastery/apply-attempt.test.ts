import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BLOOM_LEVELS } from "../bloom/schemas";
import { applyAttempt, NEW_LEARNER, replay } from "./apply-attempt";
import {
  attemptSchema,
  learnerStateSchema,
  masteryChangeSchema,
  type Attempt,
  type LearnerState,
  type MasteryChange,
} from "./schemas";

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const AIM: Attempt["aim"] = { concept: "promises", reference: 0, levels: ["understand", "apply"] };
const DAY = 86_400_000;

let counter = 0;
function attempt(changes: Partial<Omit<Attempt, "facts">> & { facts?: Partial<Attempt["facts"]> } = {}): Attempt {
  counter += 1;
  const { facts, ...rest } = changes;
  return {
    id: id(counter),
    at: new Date(Date.UTC(2026, 0, 1) + counter * 60_000).toISOString(),
    aim: AIM,
    facts: { item: id(counter), bloom: "apply", difficulty: 0.5, guess: 0, answers: 0, ...facts },
    passed: true,
    hintsUsed: 0,
    review: false,
    ...rest,
  };
}

interface Told {
  readonly state: LearnerState;
  readonly changes: readonly MasteryChange[];
}

function take(attempts: readonly Attempt[], from: LearnerState = NEW_LEARNER): Told {
  return attempts.reduce<Told>(
    ({ state, changes }, one) => {
      const applied = applyAttempt(state, one);
      return { state: applied.state, changes: [...changes, applied.change] };
    },
    { state: from, changes: [] },
  );
}

const passes = (count: number, changes: Parameters<typeof attempt>[0] = {}) =>
  Array.from({ length: count }, (_, index) =>
    attempt({ ...changes, facts: { bloom: index % 2 === 0 ? "apply" : "understand", ...changes?.facts } }),
  );

function mastered(): LearnerState {
  const { state } = take(passes(20));
  expect(state.concepts["promises"]?.status).toBe("mastered");
  return state;
}

function failing(changes: readonly MasteryChange[]): string[] {
  return changes.at(-1)?.gate.flatMap(({ code, holds }) => (holds ? [] : [code])) ?? [];
}

describe("the gate", () => {
  test("opens after unaided passes at each level, says so, and plans a review", () => {
    const { state, changes } = take(passes(20));
    const opened = changes.findIndex(({ reason }) => reason.code === "gate_passed");
    expect(opened).toBeGreaterThanOrEqual(3);
    expect(changes[opened]).toMatchObject({ statusBefore: "practising", statusAfter: "mastered" });
    expect(changes[opened]?.gate.every(({ holds }) => holds)).toBe(true);
    expect(changes[opened]?.reason.sentence).toContain("The first review is on 2026-");
    const review = state.concepts["promises"]?.review;
    expect(Date.parse(review?.due ?? "")).toBeGreaterThan(Date.parse(changes[opened]?.at ?? ""));
  });

  test("stays shut while a level that the concept asks for was not shown", () => {
    const { changes } = take(passes(20, { facts: { bloom: "apply" } }));
    expect(failing(changes)).toEqual(["levels_shown"]);
    expect(changes.at(-1)?.gate.at(-1)?.sentence).toBe("Still to be shown without a hint: understand.");
  });

  test("stays shut while every pass had a hint", () => {
    const { changes } = take(passes(40, { hintsUsed: 1 }));
    expect(failing(changes)).toContain("passed_unaided");
    expect(changes.at(-1)?.reason.code).toBe("passed_with_hints");
  });

  test("stays shut while what was passed is too easy, however often", () => {
    const { changes } = take(passes(60, { facts: { difficulty: -1 } }));
    expect(failing(changes)).toContain("passed_unaided");
  });

  test("stays shut for one item, however often it is passed", () => {
    const { changes } = take(passes(40, { facts: { item: id(999_999) } }));
    expect(failing(changes)).toEqual(["passed_unaided"]);
    expect(changes.at(-1)?.gate[2]?.sentence).toContain("4 of 4 passes, of 1 of 2 different tasks");
  });

  test("does not open by a failure, even when its questions happen to hold", () => {
    const { changes } = take([...passes(3), ...Array.from({ length: 3 }, () => attempt({ passed: false }))]);
    expect(changes.slice(-3).map(({ statusAfter }) => statusAfter)).toEqual(["practising", "practising", "practising"]);
  });
});

describe("reviews", () => {
  const review = (state: LearnerState, passed: boolean, hintsUsed = 0) =>
    applyAttempt(
      state,
      attempt({ passed, hintsUsed, review: true, at: state.concepts["promises"]?.review?.due ?? "" }),
    );

  test("one that is passed moves the next one further away each time", () => {
    let state = mastered();
    const waits: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const applied = review(state, true);
      expect(applied.change.reason.code).toBe("review_passed");
      const kept = applied.state.concepts["promises"]?.review;
      waits.push(Date.parse(kept?.due ?? "") - Date.parse(kept?.last ?? ""));
      ({ state } = applied);
    }
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(waits[0]).toBeGreaterThanOrEqual(DAY);
  });

  test("one that needed a hint comes back sooner than one without", () => {
    const state = mastered();
    const due = (hints: number) => Date.parse(review(state, true, hints).state.concepts["promises"]?.review?.due ?? "");
    expect(due(1)).toBeLessThan(due(0));
  });

  test("one that is failed takes mastery away with its reason, and new passes give it back", () => {
    const { state, change } = review(mastered(), false);
    expect(change).toMatchObject({
      statusBefore: "mastered",
      statusAfter: "lapsed",
      reason: { code: "review_failed" },
    });
    expect(state.concepts["promises"]).toMatchObject({ status: "lapsed", passes: [], review: { lapses: 1 } });
    const later = new Date(Date.parse(change.at) + DAY).toISOString();
    const again = take(passes(12, { at: later }), state);
    expect(again.changes[0]?.statusAfter).toBe("lapsed");
    expect(again.changes.map(({ reason }) => reason.code)).toContain("gate_passed");
    expect(again.state.concepts["promises"]?.status).toBe("mastered");
  });

  test("one by a clock that is behind the last one's counts as of that one", () => {
    const state = mastered();
    const last = state.concepts["promises"]?.review?.last ?? "";
    const early = new Date(Date.parse(last) - DAY).toISOString();
    const { state: after } = applyAttempt(state, attempt({ review: true, at: early }));
    expect(after.concepts["promises"]?.review?.last).toBe(last);
  });

  test("failures outside of a review take nothing away, but bring the review forward once there is doubt", () => {
    const failures = Array.from({ length: 12 }, () => attempt({ passed: false }));
    const { state, changes } = take(failures, mastered());
    expect(state.concepts["promises"]?.status).toBe("mastered");
    const forward = changes.filter(({ reason }) => reason.code === "review_brought_forward");
    expect(forward).toHaveLength(1);
    expect(state.concepts["promises"]?.review?.due).toBe(forward[0]?.at);
  });
});

describe("what an answer moves", () => {
  test("a pass raises, a failure lowers, and the item moves the other way", () => {
    const up = applyAttempt(NEW_LEARNER, attempt());
    const down = applyAttempt(NEW_LEARNER, attempt({ passed: false }));
    expect([up.change.after > up.change.before, up.itemShift < 0]).toEqual([true, true]);
    expect([down.change.after < down.change.before, down.itemShift > 0]).toEqual([true, true]);
  });

  test("a lucky guess moves less than a pass that cannot be guessed", () => {
    const sure = applyAttempt(NEW_LEARNER, attempt()).change;
    const lucky = applyAttempt(NEW_LEARNER, attempt({ facts: { guess: 0.5 } })).change;
    expect(lucky.after - lucky.before).toBeLessThan(sure.after - sure.before);
  });

  test("one concept's answers say a little of the next one too, through the ability alone", () => {
    const { state } = take(passes(5));
    expect(state.ability).toBeGreaterThan(0);
    expect(Object.keys(state.concepts)).toEqual(["promises"]);
  });
});

const attempts = fc.array(
  fc.record({
    concept: fc.constantFrom("promises", "closures"),
    item: fc.integer({ min: 1, max: 8 }),
    bloom: fc.constantFrom(...BLOOM_LEVELS),
    difficulty: fc.double({ min: -3, max: 3, noNaN: true }),
    guess: fc.constantFrom(0, 0.25),
    passed: fc.boolean(),
    hintsUsed: fc.integer({ min: 0, max: 2 }),
    review: fc.boolean(),
    days: fc.integer({ min: 0, max: 30 }),
  }),
  { maxLength: 60 },
);

describe("whatever is answered", () => {
  test("a replay of what is stored gives the same state, from any point on, and each change has its reason", () => {
    fc.assert(
      fc.property(attempts, fc.nat(), (drawn, cut) => {
        let now = Date.UTC(2026, 0, 1);
        const all = drawn.map((one, index): Attempt => {
          now += one.days * DAY + 1_000;
          return attemptSchema.parse({
            id: id(index + 1),
            at: new Date(now).toISOString(),
            aim: { ...AIM, concept: one.concept },
            facts: {
              item: id(one.item),
              bloom: one.bloom,
              difficulty: one.difficulty,
              guess: one.guess,
              answers: index,
            },
            passed: one.passed,
            hintsUsed: one.hintsUsed,
            review: one.review,
          });
        });
        const stored = JSON.parse(JSON.stringify(all)) as Attempt[];
        const { state, changes } = take(all);
        expect(replay(stored)).toEqual(state);
        // As the database gives it back in between.
        const half = cut % (all.length + 1);
        const before: unknown = JSON.parse(JSON.stringify(replay(stored.slice(0, half))));
        expect(take(stored.slice(half), learnerStateSchema.parse(before)).state).toEqual(state);
        learnerStateSchema.parse(state);
        expect(changes).toHaveLength(all.length);
        for (const change of changes) {
          masteryChangeSchema.parse(change);
          expect(change.reason.sentence.length).toBeGreaterThan(10);
          if (change.statusBefore !== "mastered" && change.statusAfter === "mastered") {
            expect(change.reason.code).toBe("gate_passed");
            expect(change.gate.every(({ holds }) => holds)).toBe(true);
          }
          if (change.statusBefore === "mastered" && change.statusAfter !== "mastered") {
            expect([change.reason.code, change.statusAfter]).toEqual(["review_failed", "lapsed"]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
