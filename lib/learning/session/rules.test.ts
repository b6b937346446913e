import { describe, expect, test } from "vitest";
import { failuresInARow, NEW_PROGRESS, progressAfter } from "./rules";

const answer = (passed: boolean, level = "apply", standing = "final") => ({ passed, standing, level });

describe("failures in a row", () => {
  test.each([
    [[], 0],
    [[answer(false)], 1],
    [[answer(false), answer(false), answer(true), answer(false)], 2],
    [[answer(true), answer(false)], 0],
    // Another level, and what nobody has judged yet, are passed over.
    [[answer(false), answer(true, "analyse"), answer(false, "apply", "needs_review"), answer(false)], 2],
  ])("of %j are %i", (recent, count) => {
    expect(failuresInARow(recent, "apply")).toBe(count);
  });
});

test("progress counts answers, and passes among them", () => {
  const one = progressAfter(NEW_PROGRESS, { passed: true, hintsUsed: 0, waits: false });
  expect(progressAfter(one, { passed: false, hintsUsed: 0, waits: false })).toEqual({
    ...NEW_PROGRESS,
    answered: 2,
    passed: 1,
  });
});

test("a test-out goes on as practice after the second answer that was not passed alone", () => {
  const after = (missed: number, passed: boolean, hintsUsed = 0, waits = false) =>
    progressAfter({ ...NEW_PROGRESS, testOut: { missed } }, { passed, hintsUsed, waits }).testOut;
  expect(after(0, true)).toEqual({ missed: 0 });
  expect(after(0, false)).toEqual({ missed: 1 });
  expect(after(0, true, 1)).toEqual({ missed: 1 });
  expect(after(1, true)).toEqual({ missed: 1 });
  expect(after(1, false)).toBeNull();
  // What somebody has to look at says nothing yet.
  expect(after(1, false, 0, true)).toEqual({ missed: 1 });
  expect(progressAfter(NEW_PROGRESS, { passed: false, hintsUsed: 0, waits: false }).testOut).toBeNull();
});
