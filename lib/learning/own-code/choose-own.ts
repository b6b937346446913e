import type { BloomLevel } from "../bloom/schemas";
import { authoredDifficulty, chanceToPass } from "../mastery/predictor";
import type { LearnerState } from "../mastery/schemas";

/** At most so many exercises of the learner's own code in a session, and so many questions about answers. */
export const OWN_ITEMS = 2;
export const OWN_QUESTIONS = 3;
/** As the engine's own target and the least chance that is put to anybody. */
const TARGET = 0.75;
const FEASIBLE = 0.4;

/** An exercise of the learner's own code that could be shown. */
export interface Candidate {
  readonly id: string;
  readonly concepts: readonly string[];
  readonly bloom: BloomLevel;
  readonly difficulty: number;
}

/**
 * An exercise of the learner's own code in place of the one that the engine chose: of the same concept and the same level,
 * with a chance to pass of at least 0.4, the nearest to 0.75; one that was answered before only after all that were not.
 * Reviews stay with the content, which has them calibrated.
 * @returns null where none fits
 */
export function chooseOwn<Own extends Candidate>(
  learner: LearnerState,
  chosen: { readonly concept: string; readonly bloom: BloomLevel; readonly review: boolean },
  candidates: readonly Own[],
): { readonly own: Own; readonly expected: number } | null {
  if (chosen.review) return null;
  const state = learner.concepts[chosen.concept];
  const skill = learner.ability + (state?.offset ?? 0);
  const fitting = candidates
    .filter(({ concepts, bloom }) => concepts.includes(chosen.concept) && bloom === chosen.bloom)
    .map((own) => ({
      own,
      expected: chanceToPass(skill, { difficulty: authoredDifficulty(own.difficulty), guess: 0 }),
      times: state?.items[own.id]?.times ?? 0,
    }))
    .filter(({ expected }) => expected >= FEASIBLE)
    .toSorted(
      (one, other) =>
        one.times - other.times ||
        Math.abs(one.expected - TARGET) - Math.abs(other.expected - TARGET) ||
        one.own.id.localeCompare(other.own.id),
    );
  const [best] = fitting;
  return best ? { own: best.own, expected: best.expected } : null;
}
