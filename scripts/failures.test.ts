import { expect, test } from "vitest";
import { describeFailures, playwrightFailures, vitestFailures } from "./failures";

test("names the failed tests of a vitest report, and the files that could not be run", () => {
  const report = {
    testResults: [
      {
        name: "/here/lib/a.test.ts",
        status: "failed",
        assertionResults: [
          { fullName: "adds", status: "passed" },
          {
            fullName: "divides",
            status: "failed",
            failureMessages: ["\u001b[31mexpected 1 to be 2\u001b[39m\n    at x (/here/node_modules/v.js:1:1)"],
          },
        ],
      },
      { name: "/here/lib/b.test.ts", status: "failed", message: "Cannot find module", assertionResults: [] },
      { name: "/here/lib/c.test.ts", status: "passed", assertionResults: [{ fullName: "x", status: "passed" }] },
    ],
  };
  expect(describeFailures(vitestFailures(report), "/here")).toEqual([
    "FAILED lib/a.test.ts › divides\n    expected 1 to be 2",
    "FAILED lib/b.test.ts › the file could not be run\n    Cannot find module",
  ]);
});

test("names the failed and the flaky of Playwright's report, at any depth, and errors outside the tests", () => {
  const spec = (title: string, status: string, message?: string) => ({
    title,
    file: "give.spec.ts",
    tests: [{ status, results: [{}, { error: message === undefined ? undefined : { message } }] }],
  });
  const report = {
    suites: [
      {
        specs: [spec("gives", "expected"), spec("refuses", "unexpected", "Timeout\n\nof 5 s")],
        suites: [{ specs: [spec("wavers", "flaky")] }],
      },
    ],
    errors: [{ message: "no server" }],
  };
  expect(describeFailures(playwrightFailures(report), "/here")).toEqual([
    "FAILED give.spec.ts › refuses\n    Timeout\n    of 5 s",
    "FAILED give.spec.ts › wavers\n    it said nothing",
    "FAILED outside the tests\n    no server",
  ]);
});

test("without a report there is nothing to name", () => {
  expect(vitestFailures(null)).toEqual([]);
  expect(playwrightFailures(null)).toEqual([]);
});

test("a long message is cut, so that the counts stay in sight", () => {
  const [one] = describeFailures([{ file: "a", title: "b", message: "" }], "/");
  expect(one).toBe("FAILED a › b\n    ");
  const long = { testResults: [{ name: "/a", status: "failed", message: "x\n".repeat(500), assertionResults: [] }] };
  expect(describeFailures(vitestFailures(long), "/")[0]?.split("\n")).toHaveLength(13);
});
