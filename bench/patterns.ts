import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { createPatternsAnalyser } from "@/lib/analysis/patterns/analyser";
import type { LanguagesFound } from "@/lib/analysis/schemas";
import type { SourceFile } from "@/lib/analysis/source";
import { createParser } from "@/lib/analysis/syntax/parser";

/**
 * What parsing and the patterns phase cost on real code, one thread: seconds, megabytes a second, resident memory.
 * Run: `node --conditions=react-server --import tsx bench/patterns.ts [folder …]`; packages of node_modules by default.
 */
const LANGUAGES: Readonly<Record<string, string>> = {
  ".ts": "TypeScript",
  ".mts": "TypeScript",
  ".tsx": "TSX",
  ".js": "JavaScript",
  ".mjs": "JavaScript",
  ".cjs": "JavaScript",
  ".py": "Python",
  ".go": "Go",
  ".java": "Java",
  ".rs": "Rust",
};
const DEFAULTS = [
  "node_modules/zod/src",
  "node_modules/eslint/lib",
  "node_modules/next/dist/server",
  "node_modules/next/dist/client",
  "lib",
];

const NO_LANGUAGES: LanguagesFound = {
  files: 0,
  lines: 0,
  bytes: 0,
  languages: [],
  skipped: [],
  limits: [],
  measuredMs: 0,
};

function* filesIn(folder: string): Generator<SourceFile> {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const language = LANGUAGES[path.extname(file)];
    if (language === undefined || file.endsWith(".d.ts")) continue;
    const content = readFileSync(path.join(folder, file));
    yield {
      path: file,
      language,
      text: content.toString("utf8"),
      bytes: content.length,
      role: /test|spec/.test(file) ? "test" : "source",
    };
  }
}

interface Row {
  readonly folder: string;
  readonly files: number;
  readonly megabytes: number;
  readonly parseSeconds: number;
  readonly patternsSeconds: number;
  readonly megabytesPerSecond: number;
  readonly patterns: number;
  readonly resultKB: number;
  readonly rssMB: number;
}

const parser = await createParser();

async function measure(folder: string): Promise<Row> {
  const analyser = createPatternsAnalyser({ languages: NO_LANGUAGES });
  let [files, bytes, parsing, finding] = [0, 0, 0, 0];
  for (const file of filesIn(folder)) {
    const start = performance.now();
    const parsed = parser.parse(file);
    const middle = performance.now();
    await analyser.add(file, parsed);
    parsing += middle - start;
    finding += performance.now() - middle;
    files += 1;
    bytes += file.bytes;
  }
  const found = await analyser.finish();
  const seconds = (ms: number) => Math.round(ms) / 1000;
  return {
    folder,
    files,
    megabytes: Math.round(bytes / 1e4) / 100,
    parseSeconds: seconds(parsing),
    patternsSeconds: seconds(finding),
    megabytesPerSecond: Math.round(bytes / (parsing + finding) / 10) / 100,
    patterns: found.patterns.length,
    resultKB: Math.round(JSON.stringify(found).length / 1000),
    rssMB: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
}

const folders = process.argv.slice(2);
const rows: Row[] = [];
for (const folder of folders.length > 0 ? folders : DEFAULTS) rows.push(await measure(folder));
console.log(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, one thread`);
console.table(rows);
