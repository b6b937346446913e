import { expect, test } from "vitest";
import { rangeOf } from "../lib/learning/mastery/certainty.ts";
import { simulate } from "./mastery-simulation.ts";

/** Guards the table against a change of the engine; the aim itself is asked for by `bench/mastery-certainty.ts` (ADR 38). */
test.each(["irt", "bkt"] as const)("about four of five learners of the world %s are within the range", (world) => {
  const { beliefs } = simulate(world, 4711, 150, 0.7);
  const within = beliefs.filter(({ chance, answers, truth }) => {
    const { low, high } = rangeOf(chance, answers);
    return low <= truth && truth <= high;
  });
  expect(beliefs.length).toBeGreaterThan(5_000);
  expect(within.length / beliefs.length).toBeGreaterThanOrEqual(0.77);
  expect(within.length / beliefs.length).toBeLessThanOrEqual(0.95);
});
