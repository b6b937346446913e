import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { runCode } from "../runner/run-code";
import type { RunRequest, RunResult } from "../runner/schemas";
import { ofPython, pythonFiles, type Outcome, type Written } from "./check-python";
import type { Answer, Exercise } from "./schemas";

/** What a deterministic check found about a line of the rubric. */
export interface CheckOutcome {
  readonly criterion: string;
  readonly passed: boolean;
  readonly evidence: { readonly shows: string; readonly quote: string | null; readonly line: number | null };
}

/** A line of the rubric that no check can decide, and why. */
export interface OpenCriterion {
  readonly criterion: string;
  readonly shows: string;
}

export interface Checked {
  /** Whether each line of the rubric is met, as far as checks speak of it, and none is open. */
  readonly passed: boolean;
  readonly checks: readonly CheckOutcome[];
  readonly open: readonly OpenCriterion[];
  /** How the code ran, where code was answered. */
  readonly run: RunResult | null;
  /** What is not met: names of tests, `construct …`, or `answer`. */
  readonly failed: readonly string[];
  /** The wrong idea that this answer is known to come from. */
  readonly misconception: { readonly id: string; readonly belief: string; readonly feedback: string } | null;
}

/** What is compared, by name: `answer`, `reasons`, each test, each construct. */
type Outcomes = ReadonlyMap<string, Outcome>;

/**
 * Holds an answer against what can be told without a person: options, texts, lines, tests, constructs.
 * @throws AppError `rule_broken` when the answer is of another kind than the question
 */
export async function checkAnswer(exercise: Exercise, answer: Answer, run = runCode): Promise<Checked> {
  const ran = isRun(exercise) ? await run(requestFor(exercise, answer)) : null;
  const outcomes = ran ? ofRun(exercise, ran) : ofAnswer(exercise, answer);
  const open: OpenCriterion[] = [];
  const checks = exercise.rubric.flatMap(({ id, by }): CheckOutcome[] => {
    if (typeof by === "object" && !Array.isArray(by)) {
      const tooLittle = answer.kind !== "argued" || lettersIn(answer.words) < MIN_LETTERS;
      if (tooLittle)
        return [{ criterion: id, passed: false, evidence: { shows: TOO_LITTLE, quote: null, line: null } }];
      open.push({ criterion: id, shows: FOR_A_GRADER });
      return [];
    }
    const names = typeof by === "string" ? [...outcomes.keys()].filter((name) => belongs(name, by)) : by;
    return names.flatMap((name) => {
      const { passed, shows, line } = outcomes.get(name) ?? { passed: false, shows: `Not reached: ${name}.` };
      if (passed !== null) return [{ criterion: id, passed, evidence: { shows, quote: null, line: line ?? null } }];
      open.push({ criterion: id, shows });
      return [];
    });
  });
  const failed = [...outcomes].filter(([, { passed }]) => passed === false).map(([name]) => name);
  const passed = failed.length === 0 && open.length === 0 && checks.every((check) => check.passed);
  const misconception = passed ? null : knownMisconception(exercise, answer, ran?.same ?? null);
  return { passed, checks, open, run: ran, failed, misconception };
}

/** Fewer letters show nothing of a reason, whatever they are. */
const MIN_LETTERS = 20;
const TOO_LITTLE = "Too little is written to show it: say it in a sentence or two.";
const FOR_A_GRADER = "No check can tell this from words, so somebody reads it.";

const lettersIn = (words: string): number => words.match(/\p{L}/gu)?.length ?? 0;

function belongs(name: string, by: string): boolean {
  if (by === "answer" || by === "reasons") return name === by;
  if (by === "constructs") return name.startsWith("construct ");
  return name !== "answer" && name !== "reasons" && !name.startsWith("construct ");
}

type WithCode = Written | Extract<Exercise, { kind: "order" }>;

/** Whether an answer is given to the runner. Lines of Python are compared: their order is the author's, or it is wrong. */
function isRun(exercise: Exercise): boolean {
  return isWithCode(exercise) && !(exercise.kind === "order" && exercise.language === "python");
}

function isWithCode(exercise: Exercise): exercise is WithCode {
  return ["fix", "write", "refactor", "order"].includes(exercise.kind);
}

function requestFor(exercise: Exercise, answer: Answer): RunRequest {
  if (!isWithCode(exercise)) throw new TypeError(`${exercise.kind} holds no code to run`);
  const text = answer.kind === "lines" ? answer.lines.join("\n") : answer.kind === "text" ? answer.text : null;
  if (text === null || (answer.kind === "lines") !== (exercise.kind === "order")) throw otherKind(exercise);
  if (exercise.language === "python" && exercise.kind !== "order")
    return { files: pythonFiles(exercise, text), entry: "solution.py", tests: null, constructsOf: "solution.py" };
  const ending = exercise.language === "typescript" ? "ts" : "js";
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
export function testNames(tests: string, language: "javascript" | "typescript" | "python" = "typescript"): string[] {
  if (language === "python")
    return [...tests.matchAll(/^def test_\w+\(\):\n\s+"""(.+?)"""/gm)].map(([, name]) => String(name));
  return [...tests.matchAll(/^test\((?:"([^"]+)"|'([^']+)'|`([^`]+)`)/gm)].map(([, one, two, three]) =>
    String(one ?? two ?? three),
  );
}

function ofRun(exercise: Exercise, run: RunResult): Outcomes {
  const outcomes = new Map<string, Outcome>();
  if (!isWithCode(exercise)) return outcomes;
  const names = testNames(exercise.tests, exercise.language);
  if (exercise.language === "python" && exercise.kind !== "order") {
    for (const [name, outcome] of ofPython(exercise, names, run)) outcomes.set(name, outcome);
    return withConstructs(exercise, run, outcomes);
  }
  const where = run.error?.file ? ` (${run.error.file}, line ${run.error.line ?? "?"})` : "";
  const unreached = run.error
    ? `${run.error.name}: ${run.error.message}${where}`
    : `The run ended early: ${run.status}.`;
  for (const name of names) {
    const test = run.tests.find((one) => one.name === name);
    if (test?.passed) outcomes.set(name, { passed: true, shows: `Test “${name}” passed.` });
    else outcomes.set(name, { passed: false, shows: `Test “${name}”: ${test?.message ?? unreached}` });
  }
  return exercise.kind === "order" ? outcomes : withConstructs(exercise, run, outcomes);
}

function withConstructs(exercise: Written, run: RunResult, outcomes: Map<string, Outcome>): Outcomes {
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
  // What is said in words alone has nothing that could be compared.
  if (exercise.kind === "explain" && exercise.answer === null) {
    if (answer.kind !== "argued") throw otherKind(exercise);
    return new Map();
  }
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
  if (exercise.kind === "order" && answer.kind === "lines") {
    const differs = firstDifference(exercise.lines.join("\n"), answer.lines.join("\n"));
    return [differs === null, differs === null ? "Just this order." : `Line ${differs} does not belong there.`];
  }
  if (exercise.kind === "justify" && answer.kind === "justified")
    return [
      exercise.answer === answer.choice,
      `Chosen: ${wordsOf(exercise.options, answer.choice)}.`,
      sameSet(exercise.because, answer.because),
    ];
  if (exercise.kind === "explain" && answer.kind === "argued")
    return [
      exercise.answer === answer.choice,
      answer.choice === null ? "Nothing is chosen." : `Chosen: ${wordsOf(exercise.options, answer.choice)}.`,
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

/**
 * The wrong idea that an answer is known to come from.
 * @param same of Python: the known answer that it is built alike with
 */
export function knownMisconception(
  exercise: Exercise,
  answer: Answer,
  same: string | null = null,
): Checked["misconception"] {
  for (const [index, { id, belief, feedback, answer: wrong }] of exercise.misconceptions.entries())
    if (sameAnswer(wrong, answer) || same === `wrong-${index}.py`) return { id, belief, feedback };
  return null;
}

function sameAnswer(wrong: Exercise["misconceptions"][number]["answer"], answer: Answer): boolean {
  if (answer.kind === "line") return wrong === answer.line;
  if (answer.kind === "text") return typeof wrong === "string" && normal(wrong) === normal(answer.text);
  if (answer.kind === "lines") return Array.isArray(wrong) && wrong.join("\n") === answer.lines.join("\n");
  if (answer.kind === "choice") return Array.isArray(wrong) && sameSet(wrong as string[], answer.ids);
  if (typeof wrong !== "object" || Array.isArray(wrong) || wrong.choice !== answer.choice) return false;
  if (answer.kind === "argued") return "words" in wrong && normal(wrong.words) === normal(answer.words);
  return "because" in wrong && sameSet(wrong.because, answer.because);
}
