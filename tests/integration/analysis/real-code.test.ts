import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { CATALOGUE } from "@/lib/analysis/patterns/catalogue";
import { functionsOf } from "@/lib/analysis/patterns/functions";
import { findOccurrences } from "@/lib/analysis/patterns/match";
import { scopesOf } from "@/lib/analysis/patterns/scopes";
import { createParser } from "@/lib/analysis/syntax/parser";
import { countWithCompiler, COUNTED_BY_COMPILER } from "../../support/pattern-counts-by-compiler.ts";

/**
 * The catalogue's counts on real code, against a walk of TypeScript's own syntax tree: another parser, another
 * tree, other code. Equal to the last occurrence, or one of the two is wrong.
 */
const CODE_BASES = [
  { name: "zod", folder: "node_modules/zod/src", extension: ".ts", atLeast: 300 },
  { name: "ajv", folder: "node_modules/ajv/lib", extension: ".ts", atLeast: 100 },
  {
    name: "ts-json-schema-generator",
    folder: "node_modules/ts-json-schema-generator/src",
    extension: ".ts",
    atLeast: 150,
  },
  { name: "eslint", folder: "node_modules/eslint/lib", extension: ".js", atLeast: 350 },
  { name: "dependency-cruiser", folder: "node_modules/dependency-cruiser/src", extension: ".mjs", atLeast: 100 },
  { name: "this repository's lib", folder: "lib", extension: ".ts", atLeast: 100 },
  { name: "this repository's pages", folder: "app", extension: ".tsx", atLeast: 20 },
] as const;

const LANGUAGES = { ".ts": "TypeScript", ".tsx": "TSX", ".js": "JavaScript", ".mjs": "JavaScript" } as const;

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension) && !file.endsWith(".d.ts"))
    .sort()
    .map((file) => path.join(folder, file));
}

const parser = await createParser();

test("the compiler counts at least a dozen patterns and the complexity", () => {
  const known = new Set(CATALOGUE.map(({ id }) => id));
  expect(COUNTED_BY_COMPILER.filter((id) => known.has(id)).length).toBeGreaterThanOrEqual(12);
  expect(COUNTED_BY_COMPILER.filter((id) => !known.has(id))).toEqual(["functions", "cyclomatic"]);
});

test.each(CODE_BASES)("$name", { timeout: 120_000 }, ({ folder, extension, atLeast }) => {
  const files = filesIn(folder, extension);
  expect(files.length).toBeGreaterThanOrEqual(atLeast);
  const total = { ours: emptyCounts(), compiler: emptyCounts() };
  const differing: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    const ours = count(LANGUAGES[extension], text);
    const compiler = countWithCompiler(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
    for (const id of COUNTED_BY_COMPILER) {
      total.ours[id] = (total.ours[id] ?? 0) + (ours[id] ?? 0);
      total.compiler[id] = (total.compiler[id] ?? 0) + (compiler[id] ?? 0);
      if ((ours[id] ?? 0) !== (compiler[id] ?? 0))
        differing.push(`${file}: ${id} ${ours[id] ?? 0} ≠ ${compiler[id] ?? 0}`);
    }
  }
  expect(differing).toEqual([]);
  expect(total.ours).toEqual(total.compiler);
  expect(Object.values(total.ours).filter((value) => value > 0).length).toBeGreaterThanOrEqual(8);
});

function emptyCounts(): Record<string, number> {
  return Object.fromEntries(COUNTED_BY_COMPILER.map((id) => [id, 0]));
}

function count(language: string, text: string): Record<string, number> {
  const parsed = parser.parse({ language, text, bytes: Buffer.byteLength(text) });
  if (!parsed.ok) throw new Error(`not parsed: ${parsed.why}`);
  const counts = emptyCounts();
  findOccurrences(parsed.tree, scopesOf(parsed.tree), (index) => {
    const id = CATALOGUE[index]?.id ?? "";
    if (id in counts) counts[id] = (counts[id] ?? 0) + 1;
  });
  const functions = functionsOf(parsed.tree);
  counts["functions"] = functions.length;
  counts["cyclomatic"] = functions.reduce((sum, { cyclomatic }) => sum + cyclomatic, 0);
  return counts;
}
