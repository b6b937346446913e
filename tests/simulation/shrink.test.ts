import { expect, it } from "vitest";
import { schedule } from "./schedule.ts";
import { shrink, type Judge } from "./shrink.ts";
import { isFault, type Step } from "./steps.ts";

/** Breaks when these steps come in this order, whatever is between them. */
const breaksOn =
  (...wanted: ((step: Step) => boolean)[]): Judge =>
  async ({ steps }) => {
    let at = 0;
    for (const step of steps) if (wanted[at]?.(step)) at += 1;
    return at === wanted.length ? `money is gone\nafter ${steps.length} steps` : null;
  };
const doing = (name: string) => (step: Step) => !isFault(step) && step.do === name;
const killing = (step: Step) => isFault(step) && step.fault === "kill_after_call";

it.each([1, 2, 3, 4, 5, 6, 7, 8])("leaves only what it takes to break (seed %i)", async (seed) => {
  const long = schedule(seed, { operations: 200 });
  const judge = breaksOn(doing("pledge"), killing, doing("deliver"));
  const problem = await judge(long);
  expect(problem).not.toBeNull();
  const short = await shrink(long, problem ?? "", judge, 2_000);
  expect(short.schedule.steps.map((step) => (isFault(step) ? step.fault : step.do))).toEqual([
    "pledge",
    "kill_after_call",
    "deliver",
  ]);
  expect(short).toMatchObject({ minimal: true, problem: "money is gone\nafter 3 steps", schedule: { seed } });
});

it("makes what is left simpler where it breaks all the same", async () => {
  const long = schedule(3, { operations: 200 });
  const judge = breaksOn((step) => doing("pledge")(step) && "times" in step && step.times > 1);
  const { schedule: short } = await shrink(long, (await judge(long)) ?? "", judge, 2_000);
  // A double click is what it takes; that of two, with a good card and without fees, is not made by leaving out.
  expect(short.steps).toMatchObject([{ do: "pledge", card: "good", coverFees: false }]);
});

it("does not take another failure for the same one", async () => {
  const long = schedule(5, { operations: 100 });
  const judge: Judge = async ({ steps }) =>
    steps.length > 60 ? "the one that was found" : steps.length > 0 ? "another one" : null;
  const { schedule: short } = await shrink(long, "the one that was found", judge, 2_000);
  expect(short.steps).toHaveLength(61);
});

it("stops when its budget is used up, and says so", async () => {
  const long = schedule(9, { operations: 200 });
  const judge = breaksOn(doing("pledge"), doing("deliver"));
  const short = await shrink(long, (await judge(long)) ?? "", judge, 3);
  expect(short).toMatchObject({ runs: 3, minimal: false });
  expect(short.schedule.steps.length).toBeLessThan(long.steps.length);
});
