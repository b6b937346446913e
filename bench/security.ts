import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { lintSource } from "@secretlint/core";
import { creator as preset } from "@secretlint/secretlint-rule-preset-recommend";
import { createSecurityAnalyser } from "@/lib/analysis/security/analyser";
import { findSecrets } from "@/lib/analysis/security/secrets/detect";
import { drawing, positives, randomFrom } from "@/lib/analysis/security/secrets/testing/labelled-set";
import { createParser } from "@/lib/analysis/syntax/parser";
import type { SourceFile } from "@/lib/analysis/source";

/**
 * Our security phase beside secretlint (recommended preset) and eslint-plugin-security on the same files in the same run:
 * seconds, findings, and recall on the labelled set of secrets. Parsing for ours is told apart, because the patterns phase
 * needs the same trees. Run: `node --conditions=react-server --import tsx bench/security.ts [folder]`.
 */
const folder = path.resolve(process.argv[2] ?? "lib");
const LANGUAGES: Readonly<Record<string, string>> = {
  ".js": "JavaScript",
  ".mjs": "JavaScript",
  ".cjs": "JavaScript",
  ".ts": "TypeScript",
  ".tsx": "TSX",
  ".py": "Python",
  ".go": "Go",
  ".java": "Java",
  ".rs": "Rust",
};

const files: SourceFile[] = readdirSync(folder, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name))
  .filter((file) => statSync(file).size < 1_000_000)
  .toSorted()
  .flatMap((file): SourceFile[] => {
    const content = readFileSync(file);
    if (content.subarray(0, 8_000).includes(0)) return [];
    return [
      {
        path: path.relative(folder, file),
        text: content.toString("utf8"),
        bytes: content.length,
        role: "source",
        language: LANGUAGES[path.extname(file)] ?? null,
      },
    ];
  });
const megabytes = files.reduce((sum, file) => sum + file.bytes, 0) / 1e6;
console.log(`${files.length} files, ${megabytes.toFixed(1)} MB, ${folder}`);

async function timed<T>(name: string, work: () => Promise<T>, findingsOf: (result: T) => number): Promise<T> {
  const started = performance.now();
  const result = await work();
  console.log(
    `${name.padEnd(36)} ${((performance.now() - started) / 1000).toFixed(2).padStart(8)} s  ${findingsOf(result)} findings`,
  );
  return result;
}

const parser = await createParser();
const parsed = await timed(
  "parsing (shared with patterns)",
  async () => files.map((file) => parser.parse(file)),
  () => 0,
);
const about = {
  commit: "",
  paths: files.map((file) => file.path),
  languages: { files: 0, lines: 0, bytes: 0, languages: [], skipped: [], limits: [], measuredMs: 0 },
};
await timed(
  "ours: secrets, code, supply chain",
  async () => {
    const analyser = createSecurityAnalyser(about);
    for (const [at, file] of files.entries()) await analyser.add(file, parsed[at] ?? null);
    return analyser.finish();
  },
  ({ counts }) => counts.total,
);

const config = { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: preset }] };
const secretlint = async (file: Pick<SourceFile, "path" | "text">) => {
  const { messages } = await lintSource({
    source: { filePath: file.path, content: file.text, ext: path.extname(file.path), contentType: "text" },
    options: { config, noPhysicFilePath: true },
  });
  return messages.length;
};
await timed(
  "secretlint, recommended preset",
  async () => {
    let found = 0;
    for (const file of files) found += await secretlint(file);
    return found;
  },
  (found) => found,
);

const require = createRequire(import.meta.url);
interface EslintLinter {
  defineRule(name: string, rule: unknown): void;
  verify(text: string, config: object): { readonly ruleId: string | null }[];
}
const { Linter } = require("eslint") as { Linter: new () => EslintLinter };
const { rules } = require("eslint-plugin-security") as { rules: Record<string, unknown> };
const linter = new Linter();
for (const [name, rule] of Object.entries(rules)) linter.defineRule(`security/${name}`, rule);
const eslintConfig = {
  parserOptions: { ecmaVersion: "latest", sourceType: "module" },
  rules: Object.fromEntries(Object.keys(rules).map((name) => [`security/${name}`, "warn"])),
};
await timed(
  "eslint-plugin-security (JavaScript)",
  async () => {
    const scripts = files.filter((file) => file.language === "JavaScript");
    return scripts.flatMap((file) => linter.verify(file.text, eslintConfig)).filter(({ ruleId }) => ruleId !== null)
      .length;
  },
  (found) => found,
);

const labelled = positives(drawing(randomFrom(1)), 10);
let ours = 0;
let theirs = 0;
for (const example of labelled) {
  if (findSecrets(example.text, example.path).length > 0) ours += 1;
  if ((await secretlint(example)) > 0) theirs += 1;
}
console.log(`labelled set of ${labelled.length}: ours finds ${ours}, secretlint ${theirs}`);
