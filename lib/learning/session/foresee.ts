import "server-only";
import { randomUUID } from "node:crypto";
import { validateAnswer } from "../bloom/validate-answer";
import { applyAttempt } from "../mastery/apply-attempt";
import type { PathConcept, Pull } from "../mastery/choose-item";
import type { Attempt, LearnerState } from "../mastery/schemas";
import { chooseNext } from "./choose-next";
import type { Activity } from "./path";
import { progressAfter } from "./rules";
import type { Pending, Progress } from "./schemas";

/** What is less likely is not prepared: it would be thrown away too often. */
const WORTH_IT = 0.7;
/** Of those who pass, so many had a hint. */
const AIDED = 0.1;

interface Shown {
  readonly learner: LearnerState;
  readonly path: readonly PathConcept[];
  readonly activity: Activity;
  readonly pending: Pending;
  readonly progress: Progress;
  /** Failures in a row at this concept and level. */
  readonly failures: number;
  readonly sessionId: string;
  readonly now: Date;
  readonly pulls?: ReadonlyMap<string, Pull> | undefined;
}

/**
 * The item that most likely comes after the one that is shown: what the engine would choose after a pass, a pass with a hint and
 * a failure, each as likely as the engine puts it, if the learner answers at all.
 * @returns null where no item reaches {@link WORTH_IT}
 */
export function foresee(shown: Shown): Pending["foreseen"] {
  const { pending, progress, activity, path } = shown;
  const own = path.find(({ aim }) => aim.concept === activity.concept.slug);
  const facts = own?.items.find(({ item }) => item === pending.activityId);
  if (!own || !facts || progress.answered + 1 >= progress.goal) return null;
  const chances = new Map<string, number>();
  for (const [outcome, chance] of outcomesOf(pending.expected)) {
    const next = after(shown, { ...outcome, aim: own.aim, facts });
    if (next !== null) chances.set(next, (chances.get(next) ?? 0) + chance);
  }
  const [best] = [...chances].toSorted(([, one], [, other]) => other - one);
  if (!best) return null;
  const probability = best[1] * goesOn(progress.answered);
  return probability > WORTH_IT ? { activityId: best[0], probability } : null;
}

type Outcome = Pick<Attempt, "passed" | "hintsUsed">;

function outcomesOf(expected: number): readonly (readonly [Outcome, number])[] {
  return [
    [{ passed: true, hintsUsed: 0 }, expected * (1 - AIDED)],
    [{ passed: true, hintsUsed: 1 }, expected * AIDED],
    [{ passed: false, hintsUsed: 0 }, 1 - expected],
  ];
}

/** That somebody answers what is shown: nine in ten at first, more likely with each answer. */
function goesOn(answered: number): number {
  return (answered + 9) / (answered + 10);
}

/** What would come after an outcome; null: nothing. */
function after(
  { learner, path, activity, pending, progress, failures, sessionId, now, pulls }: Shown,
  attempt: Outcome & Pick<Attempt, "aim" | "facts">,
): string | null {
  const { concept, exercise } = activity;
  const { passed, hintsUsed } = attempt;
  const { answered, testOut } = progressAfter(progress, { passed, hintsUsed, waits: false });
  const { nextLevel } = validateAnswer({
    level: exercise.bloom,
    rubric: exercise.rubric,
    answer: "",
    checks: exercise.rubric.map(({ id, text }) => ({
      criterion: id,
      passed,
      evidence: { shows: text, quote: null, line: null },
    })),
    graded: [],
    hintsUsed,
    asked: concept.blooms,
    shown: learner.concepts[concept.slug]?.levels ?? [],
    failuresBefore: failures,
  });
  const { state } = applyAttempt(learner, {
    ...attempt,
    id: randomUUID(),
    at: now.toISOString(),
    review: pending.review,
  });
  const next = chooseNext({
    learner: state,
    path,
    now,
    seed: [sessionId, answered],
    told: nextLevel === null ? undefined : { concept: concept.slug, level: nextLevel },
    pulls,
    testOut,
  });
  return "item" in next ? null : next.activityId;
}
