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
  const one = progressAfter(NEW_PROGRESS, true);
  expect(progressAfter(one, false)).toEqual({ ...NEW_PROGRESS, answered: 2, passed: 1 });
});
