import { describe, expect, test } from "vitest";
import { applyAttempt, NEW_LEARNER } from "../mastery/apply-attempt";
import type { LearnerState } from "../mastery/schemas";
import { chooseNext } from "./choose-next";
import { foresee } from "./foresee";
import { activityOf, aimAt, guessOf, pathOf } from "./path";
import { NEW_PROGRESS } from "./rules";
import type { Pending } from "./schemas";

const NOW = new Date("2026-11-26T12:00:00.000Z");
const SESSION = "00000000-0000-4000-8000-00000000005e";

function shownTo(learner: LearnerState, answered: number, request: Parameters<typeof aimAt>[0]) {
  const path = pathOf(aimAt(request).concepts, []);
  const pending = chooseNext({ learner, path, now: NOW, seed: [SESSION, answered] });
  if ("item" in pending) throw new Error(pending.reason.sentence);
  return { learner, path, pending, answered };
}

const ahead = ({ learner, path, pending, answered }: ReturnType<typeof shownTo>, expected = pending.expected) =>
  foresee({
    learner,
    path,
    activity: activityOf(pending.activityId),
    pending: { ...pending, expected } satisfies Pending,
    progress: { ...NEW_PROGRESS, answered },
    failures: 0,
    sessionId: SESSION,
    now: NOW,
  });

/** What comes after the shown item is passed without a hint. */
function afterPass({ learner, path, pending, answered }: ReturnType<typeof shownTo>) {
  const own = path.find(({ aim }) => aim.concept === pending.concept);
  const facts = own?.items.find(({ item }) => item === pending.activityId);
  if (!own || !facts) throw new Error("not on the path");
  const attempt = {
    id: SESSION,
    at: NOW.toISOString(),
    aim: own.aim,
    facts,
    passed: true,
    hintsUsed: 0,
    review: false,
  };
  return { path, state: applyAttempt(learner, attempt).state, answered: answered + 1 };
}

describe("foreseeing the next item", () => {
  test("names what the engine then chooses, where a pass is almost sure", () => {
    const shown = shownTo({ ...NEW_LEARNER, ability: 4 }, 3, { trackSlug: "async-javascript-and-failure" });
    const foreseen = ahead(shown, 0.97);
    expect(foreseen?.probability).toBeGreaterThan(0.7);
    const { state, path, answered } = afterPass(shown);
    const { bloom } = activityOf(shown.pending.activityId).exercise;
    const levels = activityOf(shown.pending.activityId).concept.blooms;
    const told = levels.find((level) => level !== bloom);
    const next = chooseNext({
      learner: state,
      path,
      now: NOW,
      seed: [SESSION, answered],
      told: told && { concept: shown.pending.concept, level: told },
    });
    expect(foreseen?.activityId).toBe("item" in next ? null : next.activityId);
  });

  test("says nothing where it is a toss-up, or where the session will be whole", () => {
    const shown = shownTo(NEW_LEARNER, 2, { topic: "null-safety" });
    const toss = ahead(shown, 0.5);
    // Unless both ways lead to the same item, half is not enough.
    expect(toss === null || toss.probability > 0.7).toBe(true);
    expect(ahead({ ...shown, answered: NEW_PROGRESS.goal - 1 }, 0.99)).toBeNull();
  });
});

describe("the path", () => {
  test("has the chance to guess as the form of a question gives it", () => {
    const all = aimAt({ trackSlug: "typescript-in-practice" }).concepts.flatMap(({ exercises }) => exercises);
    for (const exercise of all) {
      const guess = guessOf(exercise);
      expect(guess).toBeGreaterThanOrEqual(0);
      expect(guess).toBeLessThanOrEqual(0.5);
      if (exercise.kind === "choice" && exercise.answer.length === 1) expect(guess).toBe(1 / exercise.options.length);
      if (["write", "fix", "refactor", "predict"].includes(exercise.kind)) expect(guess).toBe(0);
    }
  });

  test("asks of each concept what at least two of its items can show", () => {
    for (const trackSlug of ["typescript-in-practice", "async-javascript-and-failure", "reading-and-securing-code"])
      for (const { aim, items } of pathOf(aimAt({ trackSlug }).concepts, []))
        expect(items.filter(({ difficulty }) => difficulty >= aim.reference - 0.5).length).toBeGreaterThanOrEqual(2);
  });

  test("moves a concept's reference with its items", () => {
    const { concepts } = aimAt({ topic: "promises" });
    const exercises = concepts[0]?.exercises ?? [];
    const [still] = pathOf(concepts, []);
    const [moved] = pathOf(
      concepts,
      exercises.map(({ uuid }) => ({ item: uuid, shift: -0.5, answers: 9 })),
    );
    expect((moved?.aim.reference ?? 0) - (still?.aim.reference ?? 0)).toBeCloseTo(-0.5);
  });
});
