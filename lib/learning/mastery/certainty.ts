import { logistic } from "./predictor";

/** How far apart learners are before anything is known of them, on the predictor's scale. */
const SPREAD = 1.5;
/** What one answer tells: p(1 − p) at the chance of three in four at which items are chosen. */
const TOLD_BY_AN_ANSWER = 0.75 * 0.25;
/** Four of five learners are within so many standard errors. */
const FOUR_OF_FIVE = 1.2816;

/** The range in which a chance lies for about four learners of five of whom as much is known. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * How sure a chance is. The predictor keeps points, not their spread: this is the least spread that so many answers leave,
 * by what an answer at the chosen difficulty tells (its Fisher information) beside how much learners differ.
 * @param chance what the predictor says
 * @param answers how many answers it rests on at this concept
 */
export function rangeOf(chance: number, answers: number): Range {
  const error = 1 / Math.sqrt(1 / SPREAD ** 2 + answers * TOLD_BY_AN_ANSWER);
  const kept = Math.min(0.999, Math.max(0.001, chance));
  const middle = Math.log(kept / (1 - kept));
  return { low: logistic(middle - FOUR_OF_FIVE * error), high: logistic(middle + FOUR_OF_FIVE * error) };
}
