/** What a tier came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TierOutcome extends Tally {
  readonly tier: string;
  readonly seconds: number;
  /** What its tests have to say of how much they did. */
  readonly notes?: readonly string[];
  /** Set when the tier did not run: why, and the command that would change that. */
  readonly notRun?: { readonly why: string; readonly command: string };
}

/** The part of vitest's JSON report that is counted. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly meta?: { readonly notes?: readonly string[] };
    }[];
  }[];
}

/** The part of Playwright's JSON report that is counted. */
interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
  readonly errors: readonly unknown[];
}

/** A runner that died, or failed without a failed test, is one failure: it never looks like a success. */
const DIED: Tally = { passed: 0, failed: 1, skipped: 0 };

/**
 * @param report vitest's report; null when there is none
 * @param exitCode of the runner; null when a signal ended it
 */
export function tallyVitest(report: unknown, exitCode: number | null): Tally {
  if (!isVitestReport(report)) return DIED;
  // A file that could not be loaded has no test that failed.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  return withExitCode(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    exitCode,
  );
}

/** Lines that tests have left in vitest's report for the end of the output. */
export function notesOfVitest(report: unknown): readonly string[] {
  if (!isVitestReport(report)) return [];
  return report.testResults.flatMap((file) => file.assertionResults.flatMap((test) => test.meta?.notes ?? []));
}

/** As {@link tallyVitest}; a flaky test is a failed one. */
export function tallyPlaywright(report: unknown, exitCode: number | null): Tally {
  if (!isPlaywrightReport(report)) return DIED;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return withExitCode({ passed: expected, failed: unexpected + flaky + report.errors.length, skipped }, exitCode);
}

function withExitCode(tally: Tally, exitCode: number | null): Tally {
  const looksGood = tally.failed === 0 && tally.passed > 0;
  return exitCode === 0
    ? looksGood || tally.failed > 0
      ? tally
      : DIED
    : { ...tally, failed: Math.max(1, tally.failed) };
}

function isVitestReport(value: unknown): value is VitestReport {
  return typeof value === "object" && value !== null && "numPassedTests" in value && "testResults" in value;
}

function isPlaywrightReport(value: unknown): value is PlaywrightReport {
  return typeof value === "object" && value !== null && "stats" in value && "errors" in value;
}

/** All tiers together; with `strict` (CI) a tier that did not run is a failure. */
export function total(outcomes: readonly TierOutcome[], strict: boolean): Tally {
  const sum = (count: (outcome: TierOutcome) => number) => outcomes.reduce((all, outcome) => all + count(outcome), 0);
  return {
    passed: sum((outcome) => outcome.passed),
    failed: sum((outcome) => outcome.failed + (strict && outcome.notRun ? 1 : 0)),
    skipped: sum((outcome) => outcome.skipped),
  };
}

/** The table by tier and, alone on the last line, the total. */
export function summary(outcomes: readonly TierOutcome[], strict: boolean): string {
  const cells = outcomes.map((one) =>
    one.notRun
      ? [one.tier, "not run", "", "", ""]
      : [one.tier, String(one.passed), String(one.failed), String(one.skipped), `${one.seconds.toFixed(1)} s`],
  );
  const rows = [["tier", "passed", "failed", "skipped", "time"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  const missing = outcomes.flatMap((one) =>
    one.notRun ? [`${one.tier} was not run: ${one.notRun.why}. To run it: ${one.notRun.command}`] : [],
  );
  const notes = outcomes.flatMap((one) => one.notes ?? []);
  const { passed, failed, skipped } = total(outcomes, strict);
  const last = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return ["", ...lines, "", ...missing, ...(missing.length > 0 ? [""] : []), ...notes, last].join("\n");
}
