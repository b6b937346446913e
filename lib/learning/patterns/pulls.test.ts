import { describe, expect, test } from "vitest";
import { pullsOf, type IdiomMemory } from "./pulls";
import type { TaskIdiom } from "./schemas";

const TOGETHER: TaskIdiom = { pattern: "await-together", name: "Waiting together", role: "write" };
const CATCH: TaskIdiom = { pattern: "empty-catch", name: "Empty catch", role: "mend" };

const memory = (pattern: string, changes: Partial<IdiomMemory>): Map<string, IdiomMemory> =>
  new Map([[pattern, { kind: "habit", good: 0, missed: 0, correction: null, ...changes }]]);

const pull = (idioms: readonly TaskIdiom[], known: ReadonlyMap<string, IdiomMemory>) =>
  pullsOf(new Map([["one", idioms]]), known).get("one");

describe("an idiom", () => {
  test("never written stands in the middle", () => {
    expect(pull([TOGETHER], new Map())).toEqual({
      weight: 0.5,
      sentence: "It asks for “Waiting together”, which you were not seen to write yet.",
    });
  });

  test("that went wrong pulls more the more often it did, one that goes well not at all", () => {
    const weight = (good: number, missed: number) =>
      pull([TOGETHER], memory("await-together", { good, missed }))?.weight ?? 0;
    expect(weight(0, 1)).toBe(0.75);
    expect(weight(0, 4)).toBe(0.9);
    expect(weight(4, 4)).toBe(0.5);
    expect(weight(9, 1)).toBe(0);
    expect(weight(2, 0)).toBe(0);
    expect(pull([TOGETHER], memory("await-together", { missed: 2 }))?.sentence).toContain("went wrong 2 times so far");
  });

  test("is judged by the learner's word above all that was seen", () => {
    const of = (correction: IdiomMemory["correction"]) =>
      pull([TOGETHER], memory("await-together", { good: 0, missed: 7, correction }))?.weight ?? 0;
    expect(of("known")).toBe(0);
    expect(of("want_to_learn")).toBe(1);
    // Seen in somebody else's code, or misread: as though it had never been seen.
    expect([of("not_mine"), of("wrong")]).toEqual([0.5, 0.5]);
  });
});

test("what is only read pulls half as much as what is written", () => {
  expect(pull([{ ...TOGETHER, role: "read" }], new Map())).toEqual({
    weight: 0.25,
    sentence: "It shows “Waiting together”, which you were not seen to write yet.",
  });
});

test("a risk pulls only who has it in their code", () => {
  expect(pull([CATCH], new Map())).toBeUndefined();
  expect(pull([CATCH], memory("empty-catch", { kind: "risk", missed: 3 }))).toEqual({
    weight: 0.875,
    sentence: "It mends “Empty catch”, seen 3 times in your code.",
  });
  expect(pull([CATCH], memory("empty-catch", { kind: "risk", missed: 3, correction: "not_mine" }))).toBeUndefined();
});

test("of several idioms the loudest speaks; a task without one is not pulled", () => {
  expect(pull([TOGETHER, CATCH], memory("empty-catch", { kind: "risk", missed: 1 }))?.sentence).toContain("mends");
  expect(pull([], new Map())).toBeUndefined();
});
