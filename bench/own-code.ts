/**
 * How long exercises from somebody's own code take for a repository of 50,000 lines: finding functions, running them,
 * making items and holding each by running it. The lines are those of installed packages.
 * Run: `node --conditions=react-server --import tsx bench/own-code.ts [package …]`; fails over 10 s.
 */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { standaloneFunctions } from "../lib/analysis/standalone/find.ts";
import { createParser } from "../lib/analysis/syntax/parser.ts";
import { runCode } from "../lib/learning/runner/run-code.ts";
import { generateOwnCode } from "../lib/learning/own-code/generate.ts";
import type { OwnFunction } from "../lib/learning/own-code/schemas.ts";
import { buildEngine } from "../scripts/engine.ts";
import { ROOT } from "../scripts/install.mjs";

const BUDGET_MS = 10_000;
const LINES = 50_000;
const named = process.argv.slice(2);
const packages = named.length > 0 ? named : ["date-fns", "d3-scale", "d3-shape", "yaml", "fast-check", "zod"];

await buildEngine(path.join(ROOT, ".engine"));
const files: { path: string; text: string }[] = [];
let lines = 0;
for (const file of packages.flatMap((name) =>
  globSync(`node_modules/${name}/**/*.{js,mjs,ts}`, { cwd: ROOT }).toSorted(),
)) {
  if (lines >= LINES) break;
  if (/\.min\.|\.d\.[cm]?ts$/.test(file)) continue;
  const text = readFileSync(path.join(ROOT, file), "utf8");
  files.push({ path: file, text });
  lines += text.split("\n").length;
}
const parser = await createParser();
// A server has its processes for code running.
await runCode({ files: [{ name: "warm.js", text: "1;" }], entry: "warm.js", tests: null, constructsOf: null });

const began = performance.now();
const functions = files.flatMap((file): OwnFunction[] => {
  const language = file.path.endsWith("ts") ? "TypeScript" : "JavaScript";
  const parsed = parser.parse({ language, text: file.text, bytes: Buffer.byteLength(file.text) });
  return parsed.ok ? standaloneFunctions(file.path, parsed.tree) : [];
});
const foundMs = performance.now() - began;
const found = await generateOwnCode(functions);
const totalMs = performance.now() - began;

const kinds = Object.entries(Object.groupBy(found.items, ({ about }) => about));
console.log(`${files.length} files, ${lines.toLocaleString("en")} lines`);
console.log(
  `parsed and searched in ${Math.round(foundMs)} ms; all in ${Math.round(totalMs)} ms (at most ${BUDGET_MS})`,
);
console.log(`functions: ${JSON.stringify(found.functions)}; items ${found.items.length}, refused ${found.refused}`);
console.log(kinds.map(([kind, items]) => `${kind} ${items?.length ?? 0}`).join(", "));
process.exit(totalMs > BUDGET_MS ? 1 : 0);
