import { stripVTControlCharacters } from "node:util";
import path from "node:path";

/** A failed test as the end of a run names it: where it is, what it is called, what it said first. */
export interface Failure {
  readonly file: string;
  readonly title: string;
  readonly message: string;
}

interface VitestReport {
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

/**
 * The failed tests of a vitest report, and its files that could not be loaded.
 * @param report what the runner's JSON reporter wrote; null when there is none, which names nothing
 */
export function vitestFailures(report: unknown): Failure[] {
  const files = (report as VitestReport | null)?.testResults ?? [];
  return files.flatMap((file) => {
    const failed = file.assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0 && file.status === "failed")
      return [{ file: file.name, title: "the file could not be run", message: firstLines(file.message) }];
    return failed.map((test) => ({
      file: file.name,
      title: test.fullName,
      message: firstLines(test.failureMessages?.[0]),
    }));
  });
}

/** As {@link vitestFailures}, of Playwright's report: a flaky test is a failed one. */
export function playwrightFailures(report: unknown): Failure[] {
  const { suites = [], errors = [] } = (report ?? {}) as PlaywrightSuite & { errors?: { message?: string }[] };
  const outside = errors.map((error) => ({ file: "", title: "outside the tests", message: firstLines(error.message) }));
  return [...suites.flatMap(failuresOf), ...outside];
}

function failuresOf(suite: PlaywrightSuite): Failure[] {
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === "unexpected" || test.status === "flaky")
      .map((test) => ({
        file: spec.file,
        title: spec.title,
        message: firstLines(test.results.find((result) => result.error)?.error?.message),
      })),
  );
  return [...own, ...(suite.suites ?? []).flatMap(failuresOf)];
}

/**
 * One paragraph for each, for the end of a run: a log of which only the end is kept must name what failed.
 * @param root paths below it are shown relative to it
 */
export function describeFailures(failures: readonly Failure[], root: string): string[] {
  return failures.map(({ file, title, message }) => {
    const where = path.isAbsolute(file) ? path.relative(root, file) : file;
    return `FAILED ${[where, title].filter(Boolean).join(" › ")}\n    ${message.replaceAll("\n", "\n    ")}`;
  });
}

/** What was expected and what came is in the first lines; a whole stack would push the counts away. */
function firstLines(message: string | undefined): string {
  const lines = stripVTControlCharacters(message ?? "it said nothing").split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !/^\s+at .*node_modules/.test(line))
    .slice(0, 12)
    .map((line) => line.slice(0, 200))
    .join("\n");
}
