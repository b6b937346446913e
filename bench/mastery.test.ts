import { expect, test } from "vitest";
import { auc, calibrationError, GATES, median, simulate } from "./mastery-simulation.ts";

/**
 * Guards against a change that makes the engine worse. The aims themselves are asked for by `bench/mastery.ts`, over ten
 * times four hundred learners (ADR 30): with the two hundred of here the items are still half unknown, so the bounds on
 * answers and AUC are a little wider.
 */
test.each(["irt", "bkt"] as const)(
  "the engine is about as good in the world %s as it was, and better than three in a row",
  (world) => {
    const { clearances, predictions, probes, tried } = simulate(world, 4711, 200, 0.7);
    const of = (gate: (typeof GATES)[number]) => clearances.filter((clearance) => clearance.gate === gate);
    const falseShare = (gate: (typeof GATES)[number]) =>
      of(gate).filter(({ masters }) => !masters).length / of(gate).length;
    expect(falseShare("ours")).toBeLessThanOrEqual(0.08);
    expect(median(of("ours").map(({ answers }) => answers))).toBeLessThanOrEqual(22);
    expect(of("ours").length / tried).toBeGreaterThan(0.5);
    expect(
      auc(
        probes,
        probes.map(({ expected }) => expected),
      ),
    ).toBeGreaterThanOrEqual(0.72);
    expect(calibrationError(predictions)).toBeLessThanOrEqual(0.05);
    expect(falseShare("three")).toBeGreaterThan(falseShare("ours"));
  },
);

test("the same seed makes the same learners, another one others", () => {
  const run = (seed: number) => simulate("irt", seed, 5, 0.7).clearances;
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});

test("the figures are figured right", () => {
  const rights = [true, true, false, false].map((right) => ({ right }));
  expect(auc(rights, [0.9, 0.8, 0.2, 0.1])).toBe(1);
  expect(auc(rights, [0.5, 0.5, 0.5, 0.5])).toBe(0.5);
  expect(auc(rights, [0.1, 0.2, 0.8, 0.9])).toBe(0);
  const prediction = (expected: number, right: boolean) => ({ expected, right, truth: expected });
  expect(
    calibrationError([prediction(0.75, true), prediction(0.75, true), prediction(0.75, true), prediction(0.75, false)]),
  ).toBe(0);
  expect(calibrationError([prediction(0.9, false), prediction(0.1, true)])).toBeCloseTo(0.9);
  expect(median([3, 1, 2])).toBe(2);
});
