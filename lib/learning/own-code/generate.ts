import "server-only";
import { checkAnswer } from "../content/check-answer";
import type { Answer, Exercise } from "../content/schemas";
import { runCode } from "../runner/run-code";
import { fittingConcepts } from "./fit";
import { inputsFor } from "./inputs";
import { draftItems, mutated, type Draft } from "./make-items";
import type { Outcome, OwnCodeFound, OwnCodeItem, OwnCodeKind, OwnFunction } from "./schemas";
import { TOGETHER, tryOut, type Run, type Trial } from "./trial";

/** How much is made of one repository at most, and for how long. */
export const OWN_CODE_BOUNDS = { functions: 160, items: 40 } as const;
/** Functions are tried for so long, and items held by running them until this. */
const TRY_MS = 3_500;
const HOLD_MS = 6_000;

/** Why there is no exercise of a repository, for its learner. @param tried how many of the functions that were found */
export function whyNone(found: number, tried: number): string {
  return found === 0 ? NONE_FOUND : tried === 0 ? NONE_FITS : NONE_HELD;
}

const NONE_FOUND =
  "No function of this repository can stand alone: exercises are made of JavaScript and TypeScript functions of 3 to 30 lines that need nothing but their one to three arguments.";
const NONE_FITS =
  "Some functions of this repository can stand alone, but none shows what a lesson here is about: missing values, types, errors, checks of input, choices among names, or data that stays as it is.";
const NONE_HELD =
  "Some functions of this repository looked as if they could stand alone, but none gave results that could be checked when it was run.";

/**
 * Makes exercises of functions of the learner's own, each held by execution: what is right passes, what is called wrong
 * does not, and what a function is said to give it gave twice. One run at a time, so that a runner is left for others.
 * @returns what was made of those that were tried, the first ones of {@link chooseFunctions}
 * @throws AppError `service_unavailable` when code cannot be run
 */
export async function generateOwnCode(
  functions: readonly OwnFunction[],
  o: { readonly run?: Run; readonly now?: () => number; readonly most?: number } = {},
): Promise<OwnCodeFound> {
  const { run = runCode, now = () => performance.now(), most = OWN_CODE_BOUNDS.items } = o;
  const began = now();
  const chosen = chooseFunctions(functions);
  const drafts: Draft[][] = [];
  let tried = 0;
  while (tried < chosen.length && (tried === 0 || now() - began < TRY_MS)) {
    const trials = chosen.slice(tried, tried + TOGETHER).map(trialOf);
    const outcomes = await tryOut(trials, run);
    drafts.push(...trials.map((trial, at) => draftsOf(trial, outcomes[at] ?? null)));
    tried += trials.length;
  }
  const items: OwnCodeItem[] = [];
  let refused = 0;
  for (const { draft, at, isFirst } of inTurn(drafts)) {
    if (items.length >= most) break;
    if (items.length + refused > 0 && now() - began > HOLD_MS) {
      // Those whose turn did not come are as if they had not been tried: another run may have time for them.
      if (isFirst) tried = at;
      break;
    }
    const fn = chosen[at];
    if (fn && (await holds(draft, fn, run))) items.push(draft.item);
    else refused += 1;
  }
  const used = new Set(items.map(({ path, line }) => `${path}:${line}`)).size;
  const nothing = items.length > 0 ? null : whyNone(functions.length, tried);
  return { items, functions: { found: functions.length, tried, used }, refused, nothing };
}

/**
 * Those that show what a lesson is about, since of others nothing would ever be asked: the most telling of each file first, then the
 * next of each; the same text once.
 */
export function chooseFunctions(functions: readonly OwnFunction[]): OwnFunction[] {
  const once = [...new Map(functions.map((fn) => [fn.text, fn])).values()].filter(
    (fn) => fn.operators.length > 0 && fittingConcepts(fn, null).length > 0,
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
    .slice(0, OWN_CODE_BOUNDS.functions)
    .map(({ fn }) => fn);
}

function trialOf(fn: OwnFunction): Trial {
  return { fn, texts: [fn.text, ...fn.operators.map((site) => mutated(fn, site))], inputs: inputsFor(fn) };
}

function draftsOf({ fn, inputs }: Trial, gave: readonly Outcome[][] | null): Draft[] {
  const [outcomes, ...others] = gave ?? [];
  if (!outcomes) return [];
  const mutants = fn.operators.flatMap((site, at) => (others[at] ? [{ site, outcomes: others[at] }] : []));
  return draftItems({ fn, inputs, outcomes, mutants });
}

interface Turn {
  readonly draft: Draft;
  /** The place of its function. */
  readonly at: number;
  /** Whether it is the first of its function. */
  readonly isFirst: boolean;
}

/** One of each function, then another of each, and in each round a kind after the other. */
function inTurn(drafts: readonly (readonly Draft[])[]): Turn[] {
  const given = new Map<OwnCodeKind, number>();
  const turns: Turn[] = [];
  const left = drafts.map((own) => [...own]);
  while (left.some(({ length }) => length > 0))
    for (const [at, own] of left.entries()) {
      const times = ({ item }: Draft): number => given.get(item.about) ?? 0;
      const [rarest] = own.toSorted((one, other) => times(one) - times(other));
      if (!rarest) continue;
      own.splice(own.indexOf(rarest), 1);
      given.set(rarest.item.about, times(rarest) + 1);
      turns.push({ draft: rarest, at, isFirst: own.length + 1 === drafts[at]?.length });
    }
  return turns;
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
