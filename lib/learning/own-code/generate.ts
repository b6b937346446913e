import "server-only";
import { checkAnswer } from "../content/check-answer";
import type { Answer, Exercise } from "../content/schemas";
import { runCode } from "../runner/run-code";
import { inputsFor } from "./inputs";
import { draftItems, mutated, type Draft, type Tried } from "./make-items";
import type { OwnCodeFound, OwnCodeItem, OwnFunction } from "./schemas";
import { tryOut, type Run } from "./trial";

/** How much is made of one repository at most, and for how long. */
const BOUNDS = { functions: 24, items: 40, ms: 5_500 } as const;

/** Why there is no exercise of a repository, for its learner. */
export function whyNone(found: number): string {
  return found === 0 ? NONE_FOUND : NONE_HELD;
}

const NONE_FOUND =
  "No function of this repository can stand alone: exercises are made of JavaScript and TypeScript functions of 3 to 30 lines that need nothing but their one to three arguments.";
const NONE_HELD =
  "Some functions of this repository looked as if they could stand alone, but none gave results that could be checked when it was run.";

/**
 * Makes exercises of functions of the learner's own, each held by execution: what is right passes, what is called wrong
 * does not, and what a function is said to give it gave twice. One at a time, so that a runner is left for others.
 * @throws AppError `service_unavailable` when code cannot be run
 */
export async function generateOwnCode(
  functions: readonly OwnFunction[],
  o: { readonly run?: Run; readonly now?: () => number } = {},
): Promise<OwnCodeFound> {
  const { run = runCode, now = () => performance.now() } = o;
  const until = now() + BOUNDS.ms;
  const items: OwnCodeItem[] = [];
  let [tried, used, refused] = [0, 0, 0];
  for (const fn of chooseFunctions(functions)) {
    if (now() > until || items.length >= BOUNDS.items) break;
    tried += 1;
    const known = await knownOf(fn, run);
    if (!known) continue;
    const before = items.length;
    for (const draft of draftItems(known)) {
      if (now() > until) break;
      if (await holds(draft, fn, run)) items.push(draft.item);
      else refused += 1;
    }
    if (items.length > before) used += 1;
  }
  const nothing = items.length > 0 ? null : whyNone(functions.length);
  return { items, functions: { found: functions.length, tried, used }, refused, nothing };
}

/** The most telling of each file first, then the next of each; the same text once. */
export function chooseFunctions(functions: readonly OwnFunction[]): OwnFunction[] {
  const once = [...new Map(functions.map((fn) => [fn.text, fn])).values()].filter(
    ({ operators }) => operators.length > 0,
  );
  const ranks = new Map<string, number>();
  return once
    .toSorted((one, other) => other.operators.length - one.operators.length)
    .map((fn) => {
      const rank = ranks.get(fn.path) ?? 0;
      ranks.set(fn.path, rank + 1);
      return { fn, rank };
    })
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, BOUNDS.functions)
    .map(({ fn }) => fn);
}

/** Null when it does not end, or does not give the same twice. */
async function knownOf(fn: OwnFunction, run: Run): Promise<Tried | null> {
  const inputs = inputsFor(fn);
  const texts = [fn.text, ...fn.operators.map((site) => mutated(fn, site))];
  const first = await tryOut(fn, texts, inputs, run);
  const again = first && (await tryOut(fn, texts, inputs, run));
  if (!first || JSON.stringify(first) !== JSON.stringify(again)) return null;
  const [outcomes, ...others] = first;
  if (!outcomes) return null;
  return {
    fn,
    inputs,
    outcomes,
    mutants: fn.operators.flatMap((site, at) => (others[at] ? [{ site, outcomes: others[at] }] : [])),
  };
}

/** Whether an item is what it says, by running it. */
async function holds({ item: { exercise }, right }: Draft, fn: OwnFunction, run: Run): Promise<boolean> {
  if (exercise.kind === "predict") {
    const name = `printed.${exercise.language === "typescript" ? "ts" : "js"}`;
    const ran = await run({ files: [{ name, text: exercise.code }], entry: name, tests: null, constructsOf: null });
    if (ran.status !== "finished" || ran.output.trimEnd() !== exercise.output) return false;
  }
  if (exercise.kind === "locate") {
    const lines = exercise.code.split("\n");
    if (exercise.repair) lines[exercise.repair.line - 1] = exercise.repair.text;
    if (lines.join("\n") !== fn.text || exercise.code === fn.text) return false;
  }
  if (!(await checkAnswer(exercise, answerOf(exercise, right), run)).passed) return false;
  const wrong: readonly unknown[] = [
    ...exercise.misconceptions.map(({ answer }) => answer),
    ...(exercise.kind === "write" || exercise.kind === "refactor" ? [exercise.stub] : []),
  ];
  for (const answer of wrong) if ((await checkAnswer(exercise, answerOf(exercise, answer), run)).passed) return false;
  return true;
}

function answerOf(exercise: Exercise, given: unknown): Answer {
  if (exercise.kind === "choice") return { kind: "choice", ids: given as string[] };
  if (exercise.kind === "locate") return { kind: "line", line: Number(given) };
  return { kind: "text", text: String(given) };
}
