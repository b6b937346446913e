import "server-only";
import { z } from "zod";
import { runCode } from "../runner/run-code";
import type { RunRequest, RunResult } from "../runner/schemas";
import type { Inputs } from "./inputs";
import type { Outcome, OwnFunction } from "./schemas";

export type Run = typeof runCode;

/** A function with the texts of it that are run, the first of which is its own, and what they are called with. */
export interface Trial {
  readonly fn: OwnFunction;
  readonly texts: readonly string[];
  readonly inputs: Inputs;
}

/** Functions in one run: what starting a sandbox costs is shared. */
export const TOGETHER = 10;
/** A function that does not end has all of its run; the next one begins another. */
const WITHIN_MS = 1_000;

/** The last word of a run that left everything as it was. */
const UNCHANGED = "unchanged";
/** What is longer is asked of nobody. */
const LONGEST = 200;
const THREW = 1;
const KEPT = 2;
/** Of a text: what each call gave; of those after the first: 0 where it is what the first gave. */
const rowsSchema = z.array(z.array(z.union([z.literal(0), z.tuple([z.string().nullable(), z.number().int()])])));
const lineSchema = z.tuple([z.number().int(), rowsSchema]);

/**
 * Runs the texts of functions of one learner, {@link TOGETHER} in a context, twice: in a second fresh context everything comes in the
 * opposite order. Where one of them changed what all share, each has a context of its own; where it does so there too, it gives nothing.
 * @returns what each text gave, call by call; null for a function that does not come to its end, or does not give the same twice
 */
export async function tryOut(trials: readonly Trial[], run: Run): Promise<(readonly Outcome[][] | null)[]> {
  const first = await inOrder(trials, run, false);
  const again = await inOrder([...first.keys()], run, true);
  return trials.map((trial) => {
    const outcomes = first.get(trial);
    return outcomes && JSON.stringify(outcomes) === JSON.stringify(again.get(trial)) ? outcomes : null;
  });
}

/** What each trial gave. Believed is a run alone that came to its end and left what all share as it was. */
async function inOrder(trials: readonly Trial[], run: Run, backwards: boolean): Promise<Map<Trial, Outcome[][]>> {
  const gave = new Map<Trial, Outcome[][]>();
  const all = backwards ? trials.toReversed() : trials;
  const left = Array.from({ length: Math.ceil(all.length / TOGETHER) }, (_, at) =>
    all.slice(at * TOGETHER, (at + 1) * TOGETHER),
  );
  for (let batch = left.shift(); batch; batch = left.shift()) {
    const ran = await run(program(batch, backwards));
    const lines = linesOf(ran);
    const isWhole = ran.status === "finished" && ran.output.trimEnd().endsWith(UNCHANGED);
    if (isWhole) {
      for (const [index, trial] of batch.entries()) {
        const outcomes = whole(trial, lines.get(index));
        if (outcomes) gave.set(trial, outcomes);
      }
    } else if (batch.length > 1) {
      const ended = ran.status === "finished" || ran.status === "output" ? null : culprit(ran, batch.length, lines);
      // One of them changed what all share, or they had too little room: each has a run of its own.
      left.unshift(...(ended === null ? batch.map((trial) => [trial]) : [batch.filter((_, index) => index !== ended)]));
    }
  }
  return gave;
}

/** Which one a run ended with: the one whose text cannot be read, or the first that gave nothing. */
function culprit({ error }: RunResult, count: number, lines: ReadonlyMap<number, unknown>): number {
  const named = /^fn-(\d+)\./.exec(error?.file ?? "")?.[1];
  return lines.size === 0 && named !== undefined && Number(named) < count ? Number(named) : lines.size;
}

/** @returns null unless there is a result of each text and call */
function whole({ texts, inputs }: Trial, rows: z.infer<typeof rowsSchema> | undefined): Outcome[][] | null {
  const [own] = rows ?? [];
  if (!rows || !own || rows.length !== texts.length) return null;
  const outcomes = rows.map((row) =>
    inputs.flatMap((_, call): Outcome[] => {
      const given = row[call] === 0 ? own[call] : row[call];
      if (given === undefined || given === 0) return [];
      const [value, flags] = given;
      return [{ value, threw: (flags & THREW) > 0, kept: (flags & KEPT) > 0 }];
    }),
  );
  return outcomes.every(({ length }) => length === inputs.length) ? outcomes : null;
}

/** What was written, a line for each trial, by its place. */
function linesOf({ output }: RunResult): Map<number, z.infer<typeof rowsSchema>> {
  return new Map(
    output.split("\n").flatMap((line) => {
      const read = lineSchema.safeParse(parsed(line));
      return read.success ? [read.data] : [];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Notes every built-in object with its properties, and can say whether each is still what it was. What says so was taken before
 * anything was called, and leans on no method that could have been exchanged meanwhile.
 */
const SHARED = `const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf: protoOf } = Reflect, same = Object.is;
const notes = [], noted = new Set();
const note = (o) => {
  if ((typeof o !== "object" && typeof o !== "function") || o === null || noted.has(o)) return;
  noted.add(o);
  const keys = ownKeys(o);
  const all = keys.map((key) => getOwnPropertyDescriptor(o, key));
  notes.push({ o, keys, all, proto: protoOf(o) });
  note(protoOf(o));
  for (const one of all) { note(one.value); note(one.get); note(one.set); }
};
for (const o of [globalThis, [][Symbol.iterator](), ""[Symbol.iterator](), new Map().entries(), new Set().entries(), "a".matchAll(/a/g),
  function* () {}, async function () {}, async function* () {}]) note(o);
const isAsBefore = () => {
  for (let n = 0; n < notes.length; n += 1) {
    const { o, keys, all, proto } = notes[n];
    const now = ownKeys(o);
    if (now.length !== keys.length || protoOf(o) !== proto) return false;
    for (let k = 0; k < keys.length; k += 1) {
      const was = all[k], is = getOwnPropertyDescriptor(o, keys[k]);
      if (!is || !same(is.value, was.value) || is.get !== was.get || is.set !== was.set) return false;
    }
  }
  return true;
};`;

/** Each text stands in a scope of its own; what is written down is short, so that many find room. */
function program(trials: readonly Trial[], backwards: boolean): RunRequest {
  const files = trials.map(({ fn: { name, language }, texts }, index) => ({
    name: `fn-${index}.${language === "typescript" ? "ts" : "js"}`,
    text: `export const texts = [\n${texts.map((text) => `() => {\n${text}\nreturn ${name};\n},`).join("\n")}\n];\n`,
  }));
  const inputs = trials.map((trial) => trial.inputs.map((args) => JSON.stringify(args)));
  const entry = "trial.js";
  const text = `${files.map(({ name }, index) => `import { texts as t${index} } from "./${name}";`).join("\n")}
const inputs = ${JSON.stringify(inputs)};
${SHARED}
const parse = JSON.parse, text = JSON.stringify, { isArray } = Array, { is, getPrototypeOf, values } = Object, { isFinite } = Number;
const plain = (v, depth) => v === null || typeof v === "string" || typeof v === "boolean" || (typeof v === "number" && isFinite(v) && !is(v, -0))
  || (depth < 4 && typeof v === "object" && (isArray(v) ? v.every((e) => plain(e, depth + 1))
    : getPrototypeOf(v) === Object.prototype && values(v).every((e) => plain(e, depth + 1))));
const write = (v) => v === undefined ? "undefined" : plain(v, 0) && text(v).length <= ${LONGEST} ? text(v) : null;
const call = (f, given) => {
  const args = parse(given);
  try {
    const value = write(f(...args));
    return [value, text(args) === given ? ${KEPT} : 0];
  } catch (error) {
    return [error instanceof Error ? String(error.name).slice(0, ${LONGEST}) : null, ${THREW} + (text(args) === given ? ${KEPT} : 0)];
  }
};
for (const [index, makes] of [${files.map((_, index) => `t${index}`).join(", ")}].entries()) {
  const rows = [];
  for (const at of ${backwards ? "[...makes.keys()].reverse()" : "makes.keys()"}) {
    const f = makes[at]();
    rows[at] = inputs[index].map((given) => call(f, given));
  }
  const [own, ...others] = rows;
  console.log(text([index, [own, ...others.map((row) => row.map((one, n) => text(one) === text(own[n]) ? 0 : one))]]));
}
if (isAsBefore()) console.log("${UNCHANGED}");
`;
  return { files: [...files, { name: entry, text }], entry, tests: null, constructsOf: null, withinMs: WITHIN_MS };
}
