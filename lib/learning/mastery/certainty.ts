/**
 * How sure a chance is. The predictor keeps points, and no formula for their spread holds both where skill is a number and where
 * something is either known or not. So the range is what the simulator shows (`bench/mastery-certainty.ts`, ADR 38): of those of
 * whom the engine believed the same after as many answers, eight of ten really were within it, in the world where they lie farther
 * apart.
 */

/** The chances at which the range was looked up; between two of them it is in proportion. */
const KNOTS = [0.1, 0.3, 0.5, 0.68, 0.8, 0.88] as const;
/** From so many answers on, with the lowest and the highest tenth at each of the knots. */
const STEPS = [
  { answers: 1, low: [0.04, 0.09, 0.1, 0.13, 0.19, 0.19], high: [0.33, 0.89, 0.92, 0.95, 0.95, 0.95] },
  { answers: 3, low: [0.06, 0.1, 0.11, 0.18, 0.58, 0.74], high: [0.88, 0.91, 0.93, 0.95, 0.95, 0.97] },
  { answers: 6, low: [0.07, 0.1, 0.12, 0.46, 0.61, 0.72], high: [0.9, 0.92, 0.94, 0.95, 0.95, 0.96] },
  { answers: 11, low: [0.09, 0.1, 0.16, 0.52, 0.64, 0.74], high: [0.9, 0.93, 0.94, 0.95, 0.95, 0.96] },
] as const;

/** The range in which the true chance lies for four learners of five of whom as much is known. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** @returns which of the steps so many answers belong to */
export function stepOf(answers: number): number {
  const after = STEPS.findIndex((step) => answers < step.answers);
  return after === -1 ? STEPS.length - 1 : Math.max(0, after - 1);
}

/** @returns the knot that is nearest to a chance */
export function knotOf(chance: number): number {
  const distances = KNOTS.map((knot) => Math.abs(knot - chance));
  return distances.indexOf(Math.min(...distances));
}

/**
 * @param chance what the predictor says
 * @param answers how many answers it rests on at this concept
 */
export function rangeOf(chance: number, answers: number): Range {
  const step = STEPS[stepOf(answers)];
  if (!step) throw new RangeError(`${answers} answers are in no step`);
  return { low: Math.min(chance, between(step.low, chance)), high: Math.max(chance, between(step.high, chance)) };
}

/** The value at a chance, in proportion between the two knots beside it. */
function between(values: readonly number[], chance: number): number {
  const at = (index: number) => values[index] ?? Number.NaN;
  const above = KNOTS.findIndex((knot) => chance < knot);
  if (above === 0) return at(0);
  if (above === -1) return at(KNOTS.length - 1);
  const from = KNOTS[above - 1] ?? 0;
  const to = KNOTS[above] ?? 1;
  return at(above - 1) + ((chance - from) / (to - from)) * (at(above) - at(above - 1));
}
