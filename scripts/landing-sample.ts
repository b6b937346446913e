/**
 * Makes the sample on the landing page: this repository at one commit, analysed by the same engine that analyses a
 * learner's (lib/analysis). Nothing in it is typed by hand. From the root:
 *
 *   node --conditions=react-server --import tsx scripts/landing-sample.ts [commit]      (HEAD unless told)
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CATALOGUE_VIEW, patternWords } from "@/lib/analysis/insights/catalogue-view";
import { deriveInsights } from "@/lib/analysis/insights/derive";
import type { InsightKind } from "@/lib/analysis/insights/schemas";
import { languageTables } from "@/lib/analysis/languages/table";
import type { PatternsFound } from "@/lib/analysis/patterns/schemas";
import type { ScanFinding } from "@/lib/analysis/scan/protocol";
import { scanClone } from "@/lib/analysis/scan/scan-clone";
import type { FileVerdict, LanguagesFound } from "@/lib/analysis/schemas";
import type { SecurityFound } from "@/lib/analysis/security/schemas";
import { buildEngine } from "./engine.ts";
import { ROOT } from "./install.mjs";

const TARGET = "app/(site)/_sample/analysis.json";

/** What the engine found, as far as the sample tells of it. */
interface Analysed {
  readonly languages: LanguagesFound;
  readonly patterns: PatternsFound;
  readonly security: SecurityFound;
  readonly files: readonly FileVerdict[];
}

const PATTERNS_SHOWN = 6;
/** One sentence of each, so that praise alone does not stand there. */
const KINDS_SHOWN: readonly InsightKind[] = ["strength", "habit", "gap", "hotspot"];

/** As in the shares: TSX counts as TypeScript. */
function groupOf(language: string): string {
  return languageTables().facts.get(language)?.group ?? language;
}

function isTest(file: string): boolean {
  return file.startsWith("tests/") || /\.test\.tsx?$/.test(file);
}

/** The few figures, patterns and sentences of an analysis that the landing page shows. */
export function sampleOf({ languages, patterns, security, files }: Analysed) {
  const inShares = new Set(languages.languages.flatMap(({ name, share }) => (share === null ? [] : [name])));
  const code = files
    .filter(({ skipped, language }) => skipped === null && language !== null && inShares.has(groupOf(language)))
    .toSorted((a, b) => b.lines - a.lines || (a.path < b.path ? -1 : 1));
  const total = (list: readonly { readonly lines: number }[]): number =>
    list.reduce((sum, file) => sum + file.lines, 0);
  const tests = code.filter((file) => isTest(file.path));
  const { insights } = deriveInsights({ languages, patterns, security }, CATALOGUE_VIEW);
  const words = patternWords();
  const shown = new Set<string>();
  return {
    languages: languages.languages.map(({ name, files: count, lines, share }) => ({
      name,
      files: count,
      lines,
      share,
    })),
    skipped: languages.skipped.map(({ reason, files: count }) => ({ reason, files: count })),
    code: { files: code.length, lines: total(code) },
    tests: { files: tests.length, lines: total(tests), cases: patterns.tests.cases },
    patterns: {
      different: patterns.patterns.length,
      top: patterns.patterns
        .filter(({ kind }) => kind === "habit")
        .toSorted((a, b) => b.count - b.inTests - (a.count - a.inTests) || (a.id < b.id ? -1 : 1))
        .slice(0, PATTERNS_SHOWN)
        .map(({ id, count, inTests }) => ({ name: words.patterns[id] ?? id, count: count - inTests })),
    },
    functions: { count: patterns.functions.count, p90: patterns.functions.cognitive.p90 },
    insights: KINDS_SHOWN.flatMap((kind) => {
      const said = insights.find((insight) => insight.kind === kind);
      // The same place four times would show little of what is there.
      const place = said?.evidence.find(({ path: at }) => !shown.has(at)) ?? said?.evidence[0];
      if (!said || !place) return [];
      shown.add(place.path);
      return [{ kind, sentence: said.sentence, path: place.path, line: place.line }];
    }),
    findings: { total: security.counts.total, bySeverity: security.counts.bySeverity, rules: security.checked.rules },
  };
}

async function analyse(gitDir: string, commit: string): Promise<Analysed> {
  const engine = path.join(ROOT, ".engine");
  await buildEngine(engine);
  const found: Partial<Record<ScanFinding["type"], unknown>> = {};
  const files: FileVerdict[] = [];
  await scanClone(
    { gitDir, commit, ref: "HEAD" },
    {
      folder: engine,
      onFound: (finding) => {
        if (finding.type === "files") files.push(...finding.files);
        else found[finding.type] = finding.found;
      },
    },
  );
  if (!found.languages || !found.patterns || !found.security) throw new Error("The engine left a phase out.");
  return {
    languages: found.languages as LanguagesFound,
    patterns: found.patterns as PatternsFound,
    security: found.security as SecurityFound,
    files,
  };
}

async function main(): Promise<void> {
  const read = (args: readonly string[]): string => execFileSync("git", args).toString().trim();
  const commit = read(["rev-parse", "--verify", `${process.argv[2] ?? "HEAD"}^{commit}`]);
  const committedAt = new Date(read(["show", "-s", "--format=%cI", commit])).toISOString();
  const sample = { commit, committedAt, ...sampleOf(await analyse(read(["rev-parse", "--absolute-git-dir"]), commit)) };
  writeFileSync(TARGET, `${JSON.stringify(sample, null, 2)}\n`);
  console.log(`${sample.code.files} files, ${sample.code.lines} lines of code at ${commit.slice(0, 8)} → ${TARGET}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(path.resolve(process.argv[1])).href) await main();
