import { describe, expect, test } from "vitest";
import { notesOfVitest, summary, tallyPlaywright, tallyVitest, total } from "./tally";

const vitest = (numPassedTests: number, numFailedTests: number, testResults: unknown[] = []) => ({
  numPassedTests,
  numFailedTests,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults,
});
const playwright = (expected: number, unexpected: number, flaky = 0, errors: unknown[] = []) => ({
  stats: { expected, unexpected, flaky, skipped: 0 },
  errors,
});

describe("tallies", () => {
  test("count what vitest says", () => {
    expect(tallyVitest(vitest(5, 0), 0)).toEqual({ passed: 5, failed: 0, skipped: 1 });
    expect(tallyVitest(vitest(5, 2), 1)).toEqual({ passed: 5, failed: 2, skipped: 1 });
  });

  test("a file that cannot be loaded is a failure", () => {
    const files = [
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{ status: "failed" }] },
      { status: "passed", assertionResults: [{ status: "passed" }] },
    ];
    expect(tallyVitest(vitest(1, 1, files), 1).failed).toBe(2);
  });

  test.each([
    ["no report", tallyVitest(null, 0)],
    ["a report that is none", tallyVitest({}, 0)],
    ["no test at all", tallyVitest(vitest(0, 0), 0)],
    ["no browser test at all", tallyPlaywright(playwright(0, 0), 0)],
    ["a browser runner without a report", tallyPlaywright(undefined, 0)],
  ])("%s is a failure", (_, tally) => {
    expect(tally.failed).toBe(1);
  });

  test.each([1, null])("a runner that ended with %s has failed, whatever its report says", (code) => {
    expect(tallyVitest(vitest(5, 0), code)).toEqual({ passed: 5, failed: 1, skipped: 1 });
    expect(tallyPlaywright(playwright(5, 0), code)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  test("a flaky browser test is a failed one, and so is an error outside the tests", () => {
    expect(tallyPlaywright(playwright(5, 1, 2, ["global setup"]), 1)).toEqual({ passed: 5, failed: 4, skipped: 0 });
  });
});

test("what tests say of themselves stands above the last line", () => {
  const file = {
    status: "passed",
    assertionResults: [{ status: "passed", meta: { notes: ["20 seeds"] } }, { status: "passed" }],
  };
  const notes = notesOfVitest(vitest(2, 0, [file]));
  expect(notes).toEqual(["20 seeds"]);
  expect(notesOfVitest(null)).toEqual([]);
  const ran = { tier: "simulation", passed: 2, failed: 0, skipped: 0, seconds: 1, notes };
  expect(summary([ran], false).split("\n").slice(-2)).toEqual(["20 seeds", "2 passed, 0 failed"]);
});

describe("summary", () => {
  const ran = { tier: "unit", passed: 12, failed: 0, skipped: 0, seconds: 3.21 };
  const absent = {
    tier: "e2e",
    passed: 0,
    failed: 0,
    skipped: 0,
    seconds: 0,
    notRun: { why: "no chromium", command: "apt" },
  };

  test("ends with the total, alone on its line", () => {
    expect(summary([ran], false).split("\n").at(-1)).toBe("12 passed, 0 failed");
    expect(
      summary([{ ...ran, skipped: 2 }], false)
        .split("\n")
        .at(-1),
    ).toBe("12 passed, 0 failed, 2 skipped");
  });

  test("shows a row for each tier, and names the one that did not run with its remedy", () => {
    const text = summary([ran, absent], false);
    expect(text).toMatch(/^unit +12 +0 +0 +3\.2 s$/m);
    expect(text).toMatch(/^e2e +not run$/m);
    expect(text).toContain("e2e was not run: no chromium. To run it: apt");
  });

  test("a tier that did not run fails the run where that is asked for", () => {
    expect(total([ran, absent], false).failed).toBe(0);
    expect(total([ran, absent], true).failed).toBe(1);
    expect(summary([ran, absent], true).split("\n").at(-1)).toBe("12 passed, 1 failed");
  });
});
