import type { ItemFacts } from "./schemas";

/**
 * The predictor: P(correct) = g + (1 − g) · σ(ability + offset − difficulty), moved after each answer by its error, as Elo
 * ratings are. The figures were tuned in `bench/mastery.ts`; ADR 30 says how.
 */
const ABILITY_STEP = 0.26;
const OFFSET_STEP_UP = 1.05;
const OFFSET_STEP_DOWN = 0.56;
/** How fast a rating settles: after 20 answers a step is half as long. */
const SETTLING = 0.05;
/** What a pass with hints counts: less than a pass. It never counts against anybody. */
const AIDED = 0.5;
/** No rating leaves this range, in which all that matters happens. */
const FARTHEST = 6;

/** @returns the logistic function of `x`. */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** @returns the chance that somebody passes an item at the first try without a hint. */
export function chanceToPass(skill: number, item: Pick<ItemFacts, "difficulty" | "guess">): number {
  return item.guess + (1 - item.guess) * logistic(skill - item.difficulty);
}

/** @returns the difficulty on the predictor's scale of what an author calls 1 (easiest) to 10 (hardest). */
export function authoredDifficulty(level: number): number {
  return (Math.min(10, Math.max(1, level)) - 5.5) / 3.3;
}

/**
 * @returns a concept's reference, moved with its items: answers move difficulties for all alike where practice raises
 *   everybody's skill, and a reference that stood still would ask for more from year to year.
 * @param shifts how far each of the concept's items is from what its author said; 0 for one nobody has answered
 */
export function movedReference(authored: number, shifts: readonly number[]): number {
  return shifts.length === 0 ? authored : authored + shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length;
}

function settling(answers: number): number {
  return 1 / (1 + SETTLING * answers);
}

const within = (rating: number) => Math.min(FARTHEST, Math.max(-FARTHEST, rating));

interface Outcome {
  readonly passed: boolean;
  readonly hintsUsed: number;
}

export interface Ratings {
  readonly ability: number;
  readonly offset: number;
  readonly difficulty: number;
}

/**
 * Moves the three ratings that an answer speaks of.
 * @param answers how many answers the learner has given so far, to anything
 */
export function moveRatings(
  before: Pick<Ratings, "ability" | "offset">,
  answers: number,
  facts: ItemFacts,
  outcome: Outcome,
): Ratings & { readonly expected: number } {
  const expected = chanceToPass(before.ability + before.offset, facts);
  const aided = Math.max(AIDED, expected);
  const seen = outcome.passed ? (outcome.hintsUsed > 0 ? aided : 1) : 0;
  const error = seen - expected;
  return {
    expected,
    ability: within(before.ability + ABILITY_STEP * settling(answers) * error),
    offset: within(before.offset + (error > 0 ? OFFSET_STEP_UP : OFFSET_STEP_DOWN) * error),
    difficulty: within(facts.difficulty - settling(facts.answers) * error),
  };
}
