import type { RunRequest, RunResult } from "../runner/schemas";
import type { Exercise } from "./schemas";

/** What is told of one thing that is looked at; `passed` is null where nothing can be told. */
export interface Outcome {
  readonly passed: boolean | null;
  readonly shows: string;
  readonly line?: number;
}
/** Questions that are answered with a program. */
export type Written = Extract<Exercise, { kind: "fix" | "write" | "refactor" }>;

/** What the learner is told where reading a program is not enough. */
const OPEN =
  "Python is read on our server and not run, and nothing there tells whether this holds. What your browser's run said is for you: it is not counted, since anybody could send it.";

/** The answer, and what its structure is held against: the author's right answers, the code that was given, known wrong ones. */
export function pythonFiles(exercise: Written, text: string): RunRequest["files"] {
  const wrong = exercise.misconceptions.map(({ answer }, index) => ({ name: `wrong-${index}.py`, text: answer }));
  const right = exercise.alsoRight.map((one, index) => ({ name: `right-${index}.py`, text: one }));
  return [
    { name: "solution.py", text },
    { name: "exemplar.py", text: exercise.exemplar },
    ...right,
    ...wrong,
    { name: "stub.py", text: exercise.stub },
  ];
}

/**
 * What reading tells of an exercise's tests: an answer built like one that the tests were run against does what that one did.
 * Everything else stays open.
 */
export function ofPython(exercise: Written, tests: readonly string[], run: RunResult): (readonly [string, Outcome])[] {
  const all = (outcome: Outcome) => tests.map((name) => [name, outcome] as const);
  if (run.error) {
    const where = run.error.line === null ? {} : { line: run.error.line };
    return all({ passed: false, shows: `It cannot be read as Python. ${run.error.message}`, ...where });
  }
  if (run.status !== "unrun") return all({ passed: false, shows: `It could not be read: ${run.status}.` });
  if (run.same === "exemplar.py" || run.same?.startsWith("right-"))
    return all({
      passed: true,
      shows: "It is built as an answer is that was run against this test and passed, names of variables aside.",
    });
  if (run.same === "stub.py") {
    return exercise.kind === "refactor"
      ? all({ passed: true, shows: "It is the code that was given, which does this already." })
      : all({ passed: false, shows: "It is the code that was given, unchanged, which does not do this yet." });
  }
  const known = run.same?.startsWith("wrong-")
    ? exercise.misconceptions[Number(run.same.slice("wrong-".length, -3))]
    : undefined;
  return tests.map((name): readonly [string, Outcome] =>
    known?.fails.includes(name)
      ? [name, { passed: false, shows: "It is built as an answer is that was run against this test and failed." }]
      : [name, { passed: null, shows: OPEN }],
  );
}
