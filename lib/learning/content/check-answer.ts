import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { runCode } from "../runner/run-code";
import type { RunRequest, RunResult } from "../runner/schemas";
import type { Answer, Exercise } from "./schemas";

/** What a deterministic check found about a line of the rubric. */
export interface CheckOutcome {
  readonly criterion: string;
  readonly passed: boolean;
  readonly evidence: { readonly shows: string; readonly quote: string | null; readonly line: number | null };
}

export interface Checked {
  /** Whether each line of the rubric that a check speaks of is met. */
  readonly passed: boolean;
  readonly checks: readonly CheckOutcome[];
  /** How the code ran, where code was answered. */
  readonly run: RunResult | null;
  /** What is not met: names of tests, `construct …`, or `answer`. */
  readonly failed: readonly string[];
  /** The wrong idea that this answer is known to come from. */
  readonly misconception: { readonly id: string; readonly belief: string; readonly feedback: string } | null;
}

type Outcome = { readonly passed: boolean; readonly shows: string; readonly line?: number };
/** What is compared, by name: `answer`, `reasons`, each test, each construct. */
type Outcomes = ReadonlyMap<string, Outcome>;

/**
 * Holds an answer against what can be told without a person: options, texts, lines, tests, constructs.
 * @throws AppError `rule_broken` when the answer is of another kind than the question
 */
export async function checkAnswer(exercise: Exercise, answer: Answer, run = runCode): Promise<Checked> {
  const isCode = exercise.kind === "fix" || exercise.kind === "write" || exercise.kind === "refactor";
  const ran = isCode || exercise.kind === "order" ? await run(requestFor(exercise, answer)) : null;
  const outcomes = ran && (isCode || exercise.kind === "order") ? ofRun(exercise, ran) : ofAnswer(exercise, answer);
  const checks = exercise.rubric.flatMap(({ id, by }): CheckOutcome[] => {
    const names = typeof by === "string" ? [...outcomes.keys()].filter((name) => belongs(name, by)) : by;
    return names.map((name) => {
      const outcome = outcomes.get(name) ?? { passed: false, shows: `Not reached: ${name}.` };
      const evidence = { shows: outcome.shows, quote: null, line: outcome.line ?? null };
      return { criterion: id, passed: outcome.passed, evidence };
    });
  });
  const failed = [...outcomes].filter(([, { passed }]) => !passed).map(([name]) => name);
  const passed = failed.length === 0 && checks.every((check) => check.passed);
  return { passed, checks, run: ran, failed, misconception: passed ? null : knownMisconception(exercise, answer) };
}

function belongs(name: string, by: string): boolean {
  if (by === "answer" || by === "reasons") return name === by;
  if (by === "constructs") return name.startsWith("construct ");
  return name !== "answer" && name !== "reasons" && !name.startsWith("construct ");
}

type WithCode = Extract<Exercise, { kind: "fix" | "write" | "refactor" | "order" }>;

function isWithCode(exercise: Exercise): exercise is WithCode {
  return ["fix", "write", "refactor", "order"].includes(exercise.kind);
}

function requestFor(exercise: Exercise, answer: Answer): RunRequest {
  if (!isWithCode(exercise)) throw new TypeError(`${exercise.kind} holds no code to run`);
  const ending = exercise.language === "typescript" ? "ts" : "js";
  const text = answer.kind === "lines" ? answer.lines.join("\n") : answer.kind === "text" ? answer.text : null;
  if (text === null || (answer.kind === "lines") !== (exercise.kind === "order")) throw otherKind(exercise);
  return {
    files: [
      { name: `solution.${ending}`, text },
      { name: `tests.${ending}`, text: exercise.tests },
    ],
    entry: `solution.${ending}`,
    tests: `tests.${ending}`,
    constructsOf: `solution.${ending}`,
  };
}

/** The names that an exercise's tests are declared with, so that a program that ends early has failed the rest. */
export function testNames(tests: string): string[] {
  return [...tests.matchAll(/^test\((?:"([^"]+)"|'([^']+)'|`([^`]+)`)/gm)].map(([, one, two, three]) =>
    String(one ?? two ?? three),
  );
}

function ofRun(exercise: Exercise, run: RunResult): Outcomes {
  const outcomes = new Map<string, Outcome>();
  if (!isWithCode(exercise)) return outcomes;
  const where = run.error?.file ? ` (${run.error.file}, line ${run.error.line ?? "?"})` : "";
  const unreached = run.error
    ? `${run.error.name}: ${run.error.message}${where}`
    : `The run ended early: ${run.status}.`;
  for (const name of testNames(exercise.tests)) {
    const test = run.tests.find((one) => one.name === name);
    if (test?.passed) outcomes.set(name, { passed: true, shows: `Test “${name}” passed.` });
    else outcomes.set(name, { passed: false, shows: `Test “${name}”: ${test?.message ?? unreached}` });
  }
  if (exercise.kind === "order") return outcomes;
  const lineOf = new Map(run.constructs.map(({ construct, line }) => [construct, line]));
  for (const name of exercise.required)
    outcomes.set(`construct ${name}`, {
      passed: lineOf.has(name),
      shows: lineOf.has(name) ? `It uses ${name}.` : `It does not use ${name}, which it should.`,
    });
  for (const name of exercise.forbidden) {
    const line = lineOf.get(name);
    outcomes.set(`construct ${name}`, {
      passed: line === undefined,
      shows: line === undefined ? `It does without ${name}.` : `It still uses ${name}.`,
      ...(line === undefined ? {} : { line }),
    });
  }
  return outcomes;
}

function ofAnswer(exercise: Exercise, answer: Answer): Outcomes {
  const [right, shows, reasons] = compared(exercise, answer);
  const outcomes = new Map<string, Outcome>([["answer", { passed: right, shows }]]);
  if (reasons !== undefined)
    outcomes.set("reasons", {
      passed: reasons,
      shows: reasons ? "The reasons are those that decide it." : "The reasons are not those that decide it.",
    });
  return outcomes;
}

function compared(exercise: Exercise, answer: Answer): [right: boolean, shows: string, reasons?: boolean] {
  if (exercise.kind === "choice" && answer.kind === "choice") {
    const right = sameSet(exercise.answer, answer.ids);
    const chosen = answer.ids.map((id) => wordsOf(exercise.options, id)).join(", ");
    return [right, right ? "Exactly the right options." : `Chosen: ${chosen || "nothing"}.`];
  }
  if (exercise.kind === "short" && answer.kind === "text") {
    const given = normal(answer.text);
    return [exercise.accepted.some((text) => normal(text) === given), `Answered: ${given.slice(0, 200)}`];
  }
  if (exercise.kind === "predict" && answer.kind === "text") {
    const differs = firstDifference(exercise.output, answer.text);
    return [differs === null, differs === null ? "Just what it prints." : `Line ${differs} of the output is another.`];
  }
  if (exercise.kind === "locate" && answer.kind === "line")
    return [exercise.lines.includes(answer.line), `Pointed at line ${answer.line}.`];
  if (exercise.kind === "justify" && answer.kind === "justified")
    return [
      exercise.answer === answer.choice,
      `Chosen: ${wordsOf(exercise.options, answer.choice)}.`,
      sameSet(exercise.because, answer.because),
    ];
  throw otherKind(exercise);
}

/** An option as the learner saw it. */
function wordsOf(options: readonly { readonly id: string; readonly text: string }[], id: string): string {
  const text = options.find((option) => option.id === id)?.text;
  return text === undefined ? id : `“${text.replace(/\.$/, "")}”`;
}

function otherKind(exercise: Exercise): AppError {
  return new AppError(
    "rule_broken",
    `This answer does not fit a question of the kind “${exercise.kind}”. Reload the page and answer again.`,
  );
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return new Set(one).size === new Set(other).size && one.every((id) => other.includes(id));
}

function normal(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/^`|`$|[.;]$/g, "")
    .toLowerCase();
}

/** @returns the first line that differs, from 1; null when all are the same, white space at ends aside */
function firstDifference(expected: string, given: string): number | null {
  const lines = (text: string): string[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd());
  const [one, other] = [lines(expected), lines(given)];
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) if (one[at] !== other[at]) return at + 1;
  return null;
}

function knownMisconception(exercise: Exercise, answer: Answer): Checked["misconception"] {
  for (const { id, belief, feedback, answer: wrong } of exercise.misconceptions)
    if (sameAnswer(wrong, answer)) return { id, belief, feedback };
  return null;
}

function sameAnswer(wrong: Exercise["misconceptions"][number]["answer"], answer: Answer): boolean {
  if (answer.kind === "line") return wrong === answer.line;
  if (answer.kind === "text") return typeof wrong === "string" && normal(wrong) === normal(answer.text);
  if (answer.kind === "lines") return Array.isArray(wrong) && wrong.join("\n") === answer.lines.join("\n");
  if (answer.kind === "choice") return Array.isArray(wrong) && sameSet(wrong as string[], answer.ids);
  return (
    typeof wrong === "object" &&
    "choice" in wrong &&
    wrong.choice === answer.choice &&
    sameSet(wrong.because, answer.because)
  );
}
