import { expect, it } from "vitest";
import { seeded } from "./random.ts";
import { schedule } from "./schedule.ts";
import { faultSchema, isFault, operationSchema, scheduleSchema } from "./steps.ts";

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const kindsOf = (union: { readonly options: readonly { readonly shape: object }[] }, name: "do" | "fault") =>
  union.options.map((option) => (Reflect.get(option.shape, name) as { value: string }).value).toSorted();

it("a seed is one schedule, and another seed another", () => {
  for (const seed of seeds(50)) expect(schedule(seed)).toEqual(schedule(seed));
  expect(new Set(seeds(200).map((seed) => JSON.stringify(schedule(seed).steps))).size).toBe(200);
});

it("has as many operations as are wished for, with faults between them, and begins with gifts", () => {
  for (const seed of seeds(100)) {
    const { steps } = schedule(seed, { operations: 60 });
    expect(steps.filter((step) => !isFault(step))).toHaveLength(60);
    expect(steps[0]).toMatchObject({ do: "pledge", card: "good" });
  }
  expect(seeds(100).every((seed) => schedule(seed, { faults: 0 }).steps.every((step) => !isFault(step)))).toBe(true);
});

it("is what its schema says, and survives being written down", () => {
  for (const seed of seeds(200)) {
    const made = schedule(seed);
    expect(scheduleSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  }
});

it("every operation and every fault comes in a hundred seeds", () => {
  const steps = seeds(100).flatMap((seed) => schedule(seed).steps);
  const found = (name: "do" | "fault") =>
    [...new Set(steps.flatMap((step) => (name in step ? [String(Reflect.get(step, name))] : [])))].toSorted();
  expect(found("do")).toEqual(kindsOf(operationSchema, "do"));
  expect(found("fault")).toEqual(kindsOf(faultSchema, "fault"));
});

it("chance is even enough, and whole numbers reach both of their ends", () => {
  const random = seeded(7);
  const rolled = Array.from({ length: 6_000 }, () => random.integer(1, 6));
  const often = [1, 2, 3, 4, 5, 6].map((face) => rolled.filter((each) => each === face).length);
  expect(Math.min(...often)).toBeGreaterThan(850);
  expect(Math.max(...often)).toBeLessThan(1_150);
  expect(random.shuffled([1, 2, 3, 4, 5]).toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5]);
});
