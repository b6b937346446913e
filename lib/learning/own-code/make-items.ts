import { randomUUID } from "node:crypto";
import { exerciseSchema, type Exercise } from "../content/schemas";
import type { Inputs } from "./inputs";
import type { Outcome, OwnCodeItem, OwnCodeKind, OwnFunction } from "./schemas";

/** What is known of a function after it was run: what its text gives, and each of its mutants. */
export interface Tried {
  readonly fn: OwnFunction;
  readonly inputs: Inputs;
  readonly outcomes: readonly Outcome[];
  readonly mutants: readonly {
    readonly site: OwnFunction["operators"][number];
    readonly outcomes: readonly Outcome[];
  }[];
}

/** An item that has not been run yet, with how to answer it rightly. */
export interface Draft {
  readonly item: OwnCodeItem;
  readonly right: string | number | readonly string[];
}

interface Shown {
  readonly at: number;
  readonly call: string;
  readonly value: string;
}

const MAX_OUTPUT = 40;
const OPTIONS = 4;
const MOST_TELLING = 0.5;

/** The function's text with one of its operators exchanged. */
export function mutated(fn: OwnFunction, site: OwnFunction["operators"][number]): string {
  return fn.text.slice(0, site.start) + site.to + fn.text.slice(site.end);
}

/** All the items that a function can give; none is to be trusted before it was run. */
export function draftItems(tried: Tried): Draft[] {
  const shown = usable(tried);
  if (new Set(shown.map(({ value }) => value)).size < 2) return [];
  return [
    predict(tried, shown),
    explain(tried, shown),
    findMutation(tried, shown),
    killMutant(tried, shown),
    refactor(tried, shown),
  ].flatMap((draft) => draft ?? []);
}

/**
 * Calls that give a result worth asking for and change nothing else: arguments of one kind each, of the kinds that give most
 * different results, because somebody meant the function for those.
 */
function usable({ fn, inputs, outcomes }: Tried): Shown[] {
  const shown = outcomes.flatMap(({ value, threw, kept }, at) =>
    value === null || threw || !kept || value === "undefined" || !isReadable(value)
      ? []
      : [{ at, call: callOf(fn, inputs[at]), value }],
  );
  const kindsAt = (at: number): readonly string[] => (inputs[at] ?? []).map(kindOf);
  const different = new Map<string, Set<string>>();
  for (const { at, value } of shown) {
    const kinds = kindsAt(at).join();
    different.set(kinds, (different.get(kinds) ?? new Set()).add(value));
  }
  const [best] = [...different]
    .filter(([kinds]) => !kinds.includes("null"))
    .toSorted(([, one], [, other]) => other.size - one.size);
  const meant = best?.[0].split(",");
  return shown.filter(({ at }) => kindsAt(at).every((kind, index) => kind === "null" || kind === meant?.[index]));
}

/** Whether somebody can work a result out: not of many characters, and no number of many decimals. */
function isReadable(value: string): boolean {
  return value.length <= MAX_OUTPUT && !/\.\d{3}|\de[-+]?\d/.test(value);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? `list of ${typeof value[0]}` : typeof value;
}

function callOf(fn: OwnFunction, args: Inputs[number] | undefined): string {
  return `${fn.name}(${(args ?? []).map((arg) => JSON.stringify(arg)).join(", ")})`;
}

function draft(
  fn: OwnFunction,
  about: OwnCodeKind,
  right: Draft["right"],
  minutes: number,
  decides: number | null,
  rest: Omit<Record<string, unknown>, "uuid">,
): Draft {
  const exercise: Exercise = exerciseSchema.parse({
    uuid: randomUUID(),
    slug: `own-${about.replaceAll("_", "-")}`,
    estimatedMinutes: minutes,
    concepts: [CONCEPT[about]],
    difficulty: difficultyOf(fn, about),
    language: fn.language,
    ...rest,
  });
  return { right, item: { about, path: fn.path, line: fn.line, endLine: fn.endLine, decides, exercise } };
}

/** By kind, from 1 to 10; a longer function and one with more that decides are harder. Nothing moves it afterwards. */
const BASE: Readonly<Record<OwnCodeKind, number>> = {
  predict: 3,
  refactor: 3,
  explain: 4,
  find_mutation: 4,
  kill_mutant: 5,
};

function difficultyOf({ text, operators }: OwnFunction, about: OwnCodeKind): number {
  const lines = text.split("\n").length;
  return BASE[about] + (lines > 8 ? 1 : 0) + (lines > 18 ? 1 : 0) + (operators.length > 3 ? 1 : 0);
}

const CONCEPT: Readonly<Record<OwnCodeKind, string>> = {
  predict: "control-flow",
  explain: "control-flow",
  find_mutation: "control-flow",
  kill_mutant: "testing",
  refactor: "scope",
};

const ANSWER = [{ id: "answer", text: "Gives what the code really does.", by: "answer" }];

/** A result of some length says more than one of a single sign; one of great length is only work. */
const burden = (value: string): number => Math.abs(value.length - 12);

function predict(tried: Tried, shown: readonly Shown[]): Draft | null {
  const { fn, mutants } = tried;
  // Best is a call that somebody who reads an operator wrongly answers wrongly.
  const telling = shown.flatMap((one) =>
    mutants.flatMap(({ site, outcomes: other }) => {
      const misread = other[one.at];
      return misread?.value && !misread.threw && misread.value !== one.value
        ? [{ one, site, misread: misread.value }]
        : [];
    }),
  );
  const best = telling.toSorted((a, b) => burden(a.one.value) - burden(b.one.value))[0];
  if (!best) return null;
  const { one, site, misread } = best;
  return draft(fn, "predict", one.value, 3, site.line, {
    kind: "predict",
    title: `What ${fn.name} gives`,
    bloom: "understand",
    prompt: `This function is yours: ${fn.path}, line ${fn.line}. What does the last line print?`,
    rubric: ANSWER,
    hints: [`Write down what each name holds, line by line. Line ${site.line} decides.`],
    explanation: `It was run: ${one.call} gives ${one.value}.`,
    code: `${fn.text}\n\nconsole.log(JSON.stringify(${one.call}));\n`,
    output: one.value,
    misconceptions: [
      {
        id: "operator-misread",
        belief: `Line ${site.line} is read with ${site.to} instead of ${site.from}.`,
        answer: misread,
        fails: ["answer"],
        feedback: `That is what it would print with ${site.to} on line ${site.line}. Look at that operator again.`,
      },
    ],
  });
}

function explain({ fn }: Tried, shown: readonly Shown[]): Draft | null {
  const counts = new Map<string, number>();
  for (const { value } of shown) counts.set(value, (counts.get(value) ?? 0) + 1);
  const only = shown.find(({ value }) => counts.get(value) === 1);
  const others = shown.filter(({ value }) => value !== only?.value).slice(0, OPTIONS - 1);
  if (!only || others.length < OPTIONS - 1) return null;
  const calls = [...others, only].map(({ call }) => call).toSorted();
  const id = (call: string): string => `call-${calls.indexOf(call) + 1}`;
  const wrong = others[0]?.call ?? "";
  return draft(fn, "explain", [id(only.call)], 3, null, {
    kind: "choice",
    title: `Which call of ${fn.name} gives this`,
    bloom: "analyse",
    prompt: `This function is yours: ${fn.path}, line ${fn.line}. Which of these calls gives ${only.value}?`,
    rubric: ANSWER,
    hints: ["Go backwards: which way through the code ends in that result?"],
    explanation: `All four were run. Only ${only.call} gives ${only.value}.`,
    code: fn.text,
    evidence: {},
    options: calls.map((call) => ({ id: id(call), text: call })),
    answer: [id(only.call)],
    misconceptions: [
      {
        id: "another-way",
        belief: "Another way through the code is taken.",
        answer: [id(wrong)],
        fails: ["answer"],
        feedback: `${wrong} gives ${others[0]?.value ?? ""}. Follow its arguments through the code once more.`,
      },
    ],
  });
}

interface Told {
  readonly site: OwnFunction["operators"][number];
  readonly call: string;
  readonly args: Inputs[number];
  readonly right: string;
  readonly wrong: string;
  /** Of the calls, the share that tells the two apart. */
  readonly share: number;
}

/** The mutants that a call tells apart, each with the first such call. */
function told({ inputs, mutants }: Tried, shown: readonly Shown[]): Told[] {
  return mutants.flatMap(({ site, outcomes }) => {
    const apart = shown.flatMap(({ at, call, value: right }) => {
      const wrong = outcomes[at];
      return wrong?.value && !wrong.threw && wrong.value !== right && isReadable(wrong.value)
        ? [{ site, call, args: inputs[at] ?? [], right, wrong: wrong.value }]
        : [];
    });
    const differing = shown.filter(({ at, value }) => outcomes[at]?.threw || outcomes[at]?.value !== value).length;
    return apart.slice(0, 1).map((one) => ({ ...one, share: differing / shown.length }));
  });
}

function findMutation(tried: Tried, shown: readonly Shown[]): Draft | null {
  const { fn } = tried;
  const [found] = told(tried, shown);
  const lines = fn.text.split("\n");
  // With operators on one line alone there is nothing to find.
  if (!found || new Set(fn.operators.map(({ line }) => line)).size < 2) return null;
  const { site, call, right, wrong } = found;
  const misled = lines.findIndex((line, index) => /\breturn\b/.test(line) && index + 1 !== site.line) + 1;
  return draft(fn, "find_mutation", site.line, 4, site.line, {
    kind: "locate",
    title: `The wrong operator in ${fn.name}`,
    bloom: "analyse",
    prompt: `This function is yours (${fn.path}, line ${fn.line}), but one operator was exchanged. ${call} should give ${right} and gives ${wrong}. On which line is it?`,
    rubric: ANSWER,
    hints: ["Follow the call line by line until a value is not what it should be."],
    explanation: `On line ${site.line} stands ${site.to}; your code has ${site.from}.`,
    code: mutated(fn, site),
    lines: [site.line],
    repair: { line: site.line, text: lines[site.line - 1] ?? "" },
    evidence: {},
    misconceptions: [
      {
        id: "where-it-shows",
        belief: "The fault is where it shows.",
        answer: misled > 0 ? misled : site.line === 1 ? 2 : 1,
        fails: ["answer"],
        feedback: "That line is as you wrote it. Look at what reaches it.",
      },
    ],
  });
}

const ending = (fn: OwnFunction): string => (fn.language === "typescript" ? "ts" : "js");
const inside = (text: string, name: string): string => `(() => {\n${text}\nreturn ${name};\n})()`;

function killMutant(tried: Tried, shown: readonly Shown[]): Draft | null {
  const { fn, inputs } = tried;
  // The fewer calls tell the two apart, the more there is to think about; where most do, any call would.
  const [found] = told(tried, shown).toSorted((one, other) => one.share - other.share);
  if (found && found.share > MOST_TELLING) return null;
  const mutant = found && tried.mutants.find(({ site }) => site === found.site);
  const same =
    mutant && shown.find(({ at, value }) => mutant.outcomes[at]?.value === value && !mutant.outcomes[at].threw);
  if (!found || !same) return null;
  const answer = (args: readonly unknown[]): string => `export const args = ${JSON.stringify(args)};\n`;
  return draft(fn, "kill_mutant", answer(found.args), 6, found.site.line, {
    kind: "write",
    title: `A test for ${fn.name}`,
    bloom: "evaluate",
    prompt: `In a copy of your ${fn.name} (${fn.path}, line ${fn.line}) line ${found.site.line} has ${found.site.to} instead of ${found.site.from}. Give arguments with which the two differ, so that a test with them would notice.\n\n\`\`\`${fn.language}\n${fn.text}\n\`\`\``,
    rubric: [{ id: "told-apart", text: "The arguments tell the copy from your code.", by: "tests" }],
    hints: ["For which values do the two operators disagree?"],
    explanation: `One way: ${found.call} gives ${found.right}, and ${found.wrong} in the copy.`,
    stub: "// The arguments, in their order.\nexport const args = [];\n",
    exemplar: answer(found.args),
    tests: `import test from "node:test";
import assert from "node:assert/strict";
import { args } from "./solution.${ending(fn)}";
const own = ${inside(fn.text, fn.name)};
const copy = ${inside(mutated(fn, found.site), fn.name)};
const result = (f) => {
  try {
    return JSON.stringify(f(...JSON.parse(JSON.stringify(args)))) ?? "undefined";
  } catch (error) {
    return "throws";
  }
};
test("your code gives a result", () => assert.notEqual(result(own), "throws"));
test("the copy gives another one", () => assert.notEqual(result(copy), result(own)));
`,
    misconceptions: [
      {
        id: "any-arguments",
        belief: "Any call tells the two apart.",
        answer: answer(inputs[same.at] ?? []),
        fails: ["the copy gives another one"],
        feedback: "With these both give the same: the operator does not matter for them.",
      },
    ],
  });
}

/** `var` can be replaced by rule, so that there is an example that is known to hold. */
function refactor(tried: Tried, shown: readonly Shown[]): Draft | null {
  const { fn, inputs } = tried;
  const [found] = told(tried, shown);
  if (!/\bvar\b/.test(fn.text) || !found) return null;
  const modern = (text: string): string => `${text.replaceAll(/\bvar\b/g, "let")}\nexport { ${fn.name} };\n`;
  const calls = shown.slice(0, 8).map(({ at, value }) => ({ args: inputs[at] ?? [], value }));
  return draft(fn, "refactor", modern(fn.text), 6, null, {
    kind: "refactor",
    title: `${fn.name} without var`,
    bloom: "apply",
    prompt: `This function is yours: ${fn.path}, line ${fn.line}. Write it without var; what it gives stays the same.`,
    rubric: [
      { id: "same-results", text: "It gives what it gave.", by: "tests" },
      { id: "without-var", text: "It does without var.", by: "constructs" },
    ],
    hints: ["What is assigned once can be const; the rest let, in the block where it is used."],
    explanation: "A name that is declared in its block cannot be read outside of it.",
    stub: `${fn.text}\nexport { ${fn.name} };\n`,
    exemplar: modern(fn.text),
    tests: `import test from "node:test";
import assert from "node:assert/strict";
import { ${fn.name} } from "./solution.${ending(fn)}";
test("gives what it gave", () => {
  for (const { args, value } of ${JSON.stringify([...calls, { args: found.args, value: found.right }])})
    assert.equal(JSON.stringify(${fn.name}(...args)), value);
});
`,
    required: [],
    forbidden: ["var"],
    misconceptions: [
      {
        id: "changed-on-the-way",
        belief: "A small change of the condition changes nothing.",
        answer: modern(mutated(fn, found.site)),
        fails: ["gives what it gave"],
        feedback: `${found.call} gave ${found.right}, and now gives ${found.wrong}.`,
      },
    ],
  });
}
