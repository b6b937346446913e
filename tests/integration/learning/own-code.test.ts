import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import ts from "typescript";
import { expect, test } from "vitest";
import { standaloneFunctions } from "@/lib/analysis/standalone/find";
import { createParser } from "@/lib/analysis/syntax/parser";
import { checkAnswer } from "@/lib/learning/content/check-answer";
import { generateOwnCode } from "@/lib/learning/own-code/generate";
import type { OwnCodeItem, OwnFunction } from "@/lib/learning/own-code/schemas";
import { projectRoot } from "../../support/run-tool.ts";

const parser = await createParser();

/** Installed packages that nobody looked at while the generator was written. */
const PACKAGES = ["d3-scale", "ioredis", "postgres", "yaml"];

function functionsOf(folder: string): OwnFunction[] {
  return globSync("**/*.{js,mjs,ts}", { cwd: folder })
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(path.join(folder, file), "utf8");
      const language = file.endsWith("ts") ? "TypeScript" : "JavaScript";
      const parsed = parser.parse({ language, text, bytes: Buffer.byteLength(text) });
      return parsed.ok ? standaloneFunctions(file, parsed.tree) : [];
    });
}

/** What Node itself makes of a program, with what it prints. */
function printedByNode(code: string): string {
  const lines: string[] = [];
  const plain = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2023 } }).outputText;
  vm.runInNewContext(plain, { console: { log: (text: string) => lines.push(text) } }, { timeout: 5_000 });
  return lines.join("\n");
}

/** Holds an item against Node, which the generator does not use. */
function expectTrue({ about, exercise }: OwnCodeItem, source: string): void {
  if (exercise.kind === "predict") expect(printedByNode(exercise.code)).toBe(exercise.output);
  if (exercise.kind === "choice") {
    const wanted = / gives (.*)\?$/.exec(exercise.prompt)?.[1];
    const giving = exercise.options.filter(
      ({ text }) => printedByNode(`${exercise.code ?? ""}\nconsole.log(JSON.stringify(${text}))`) === wanted,
    );
    expect(giving.map(({ id }) => id)).toEqual(exercise.answer);
  }
  if (exercise.kind === "locate") {
    const [, call = "", right, wrong] =
      /exchanged\. (.*) should give (.*) and gives (.*)\. On which/.exec(exercise.prompt) ?? [];
    const print = `\nconsole.log(JSON.stringify(${call}))`;
    expect([printedByNode(source + print), printedByNode(exercise.code + print)]).toEqual([right, wrong]);
  }
  if (about === "kill_mutant") expect(exercise.prompt).toContain(source);
}

test.each(PACKAGES)("each item made of %s is true, and of a place that is there", async (name) => {
  const folder = path.join(projectRoot, "node_modules", name);
  const functions = functionsOf(folder);
  // Time stands still: how much is made must not depend on the machine.
  const found = await generateOwnCode(functions, { now: () => 0 });
  expect(found.nothing).toBeNull();
  expect(found.items.length).toBeGreaterThan(0);
  for (const item of found.items) {
    const fn = functions.find((each) => each.path === item.path && each.line === item.line);
    if (!fn) throw new Error(`${item.path}:${item.line} is no function`);
    const lines = readFileSync(path.join(folder, item.path), "utf8").split("\n");
    expect(lines[item.line - 1]).toContain(fn.name);
    expectTrue(item, fn.text);
  }
});

const CLAMP = `export function clamp(value: number, low: number, high: number): number {
  if (value < low) return low;
  var capped = value > high ? high : value;
  return capped - low;
}
`;

function fromText(text: string): OwnFunction[] {
  const parsed = parser.parse({ language: "TypeScript", text, bytes: Buffer.byteLength(text) });
  if (!parsed.ok) throw new Error(parsed.why);
  return standaloneFunctions("src/clamp.ts", parsed.tree);
}

test("one function gives each kind of item, at its place, and each knows its answer from a wrong one", async () => {
  const { items, refused } = await generateOwnCode(fromText(CLAMP), { now: () => 0 });
  expect(items.map(({ about }) => about).toSorted()).toEqual([
    "explain",
    "find_mutation",
    "kill_mutant",
    "predict",
    "refactor",
  ]);
  expect(refused).toBe(0);
  for (const item of items) expect(item).toMatchObject({ path: "src/clamp.ts", line: 1, endLine: 5 });
  const kill = items.find(({ about }) => about === "kill_mutant")?.exercise;
  if (kill?.kind !== "write") throw new Error("there is no such item");
  const passes = async (text: string) => (await checkAnswer(kill, { kind: "text", text })).passed;
  expect(await passes(kill.exemplar)).toBe(true);
  expect(await passes(kill.stub)).toBe(false);
  // Somebody who gives what cannot be called has not told them apart.
  expect(await passes("export const args = null;")).toBe(false);
});

test("what does not end, changes its arguments or has nothing to write down gives nothing, and says so", async () => {
  const endless =
    "function f(a: number): number {\n  let b = a ?? 0;\n  while (b !== b + 1) b = b + 0;\n  return b - a;\n}\n";
  const changing = "function g(list: number[]): number {\n  list.push(1);\n  return [...list].length - 1;\n}\n";
  const closure = "function h(a: number) {\n  const b = (a ?? 0) + 1;\n  return () => b;\n}\n";
  const found = await generateOwnCode(fromText(endless + changing + closure), { now: () => 0 });
  expect(found).toMatchObject({ items: [], functions: { found: 3, tried: 3, used: 0 } });
  expect(found.nothing).toContain("none gave results that could be checked");
  expect((await generateOwnCode([])).nothing).toContain("can stand alone");
  const untaught = fromText("function k(a: number): number {\n  const b = a * 2;\n  return b + 1;\n}\n");
  const unfit = await generateOwnCode(untaught, { now: () => 0 });
  expect(unfit).toMatchObject({ items: [], functions: { found: 1, tried: 0 } });
  expect(unfit.nothing).toContain("none shows what a lesson here is about");
});

test("what one function does to what all share is told of no other", async () => {
  const spoiling =
    "function spoil(list: number[]): number {\n  const shared = Object.getPrototypeOf([]);\n  shared.at = () => 7;\n  return [...list].length + 1;\n}\n";
  const honest =
    "function last(list: number[]): number {\n  const found = list.at(-1);\n  return (found ?? 0) + list.length;\n}\n";
  const functions = fromText(spoiling + honest);
  expect(functions.map(({ name }) => name)).toEqual(["spoil", "last"]);
  const found = await generateOwnCode(functions, { now: () => 0 });
  for (const item of found.items) {
    const fn = functions.find(({ line }) => line === item.line);
    expectTrue(item, fn?.text ?? "");
  }
  expect(new Set(found.items.map(({ line }) => line))).toEqual(new Set([functions[1]?.line]));
});

test("one that does not end keeps none of those that come with it from being tried", async () => {
  const endless =
    "function f(a: number): number {\n  let b = a ?? 0;\n  while (b !== b + 1) b = b + 0;\n  return b - a;\n}\n";
  const found = await generateOwnCode(fromText(endless + CLAMP), { now: () => 0 });
  expect(found).toMatchObject({ functions: { found: 2, tried: 2, used: 1 } });
});

test("an item that does not hold when it is run is left out, and the work ends with its time", async () => {
  const { runCode } = await import("@/lib/learning/runner/run-code");
  // A machine that answers wrongly once the items are checked.
  const lying: typeof runCode = async (request, folder) => {
    const ran = await runCode(request, folder);
    return request.entry.startsWith("trial") ? ran : { ...ran, output: "something else", tests: [] };
  };
  const lied = await generateOwnCode(fromText(CLAMP), { run: lying, now: () => 0 });
  expect(lied.items.map(({ about }) => about).toSorted()).toEqual(["explain", "find_mutation"]);
  expect(lied.refused).toBe(3);
  let clock = 0;
  const late = await generateOwnCode(fromText(CLAMP), { now: () => (clock += 9_000) });
  // The first is tried and one of it held however late it is, so that a run that is repeated comes to its end.
  expect(late.functions).toEqual({ found: 1, tried: 1, used: 1 });
  expect(late.items).toHaveLength(1);
  clock = 0;
  const two = fromText(CLAMP + CLAMP.replaceAll("clamp", "clip"));
  const first = await generateOwnCode(two, { now: () => (clock += 9_000) });
  // What had no time is not called tried: its turn comes in another run.
  expect(first.functions).toEqual({ found: 2, tried: 1, used: 1 });
});
