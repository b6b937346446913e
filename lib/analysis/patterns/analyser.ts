import "server-only";
import type { FileAnalyser, RepositoryFacts } from "../engine";
import type { SourceFile } from "../source";
import type { Parsed } from "../syntax/parser";
import { CATALOGUE_VERSION } from "./catalogue";
import { FunctionMeasures } from "./function-measures";
import { functionsOf } from "./functions";
import { hasRules } from "./match";
import { PatternCounts } from "./pattern-counts";
import { FOUND_LIMITS, type DocumentationFound, type PatternsFound, type PatternSkip } from "./schemas";
import { scopesOf } from "./scopes";

const README = /(?:^|\/)readme(?:\.[^/]*)?$/i;

type SkipReason = PatternSkip["reason"];

/** @returns an analyser that counts patterns, measures functions and looks for tests and documentation. */
export function createPatternsAnalyser(about: Pick<RepositoryFacts, "languages">): FileAnalyser<PatternsFound> {
  return new PatternsAnalyser(programmingLanguages(about));
}

/** Data and prose have no patterns, so that leaving them out is not worth a word. */
function programmingLanguages({ languages }: Pick<RepositoryFacts, "languages">): ReadonlySet<string> {
  return new Set(languages.languages.filter(({ kind }) => kind === "programming").map(({ name }) => name));
}

class PatternsAnalyser implements FileAnalyser<PatternsFound> {
  readonly #programming: ReadonlySet<string>;
  readonly #started = performance.now();
  readonly #patterns = new PatternCounts();
  readonly #functions = new FunctionMeasures();
  readonly #languages = new Map<string, { name: string; files: number; lines: number }>();
  readonly #skipped = new Map<SkipReason, PatternSkip>();
  readonly #documents = { files: 0, readme: null as string | null, readmeBytes: 0 };
  readonly #tests = { files: 0, cases: 0, sourceFiles: 0, testLines: 0, sourceLines: 0 };
  #bytes = 0;

  constructor(programming: ReadonlySet<string>) {
    this.#programming = programming;
  }

  add(file: SourceFile, parsed: Parsed | null): void {
    if (file.role === "documentation" || (file.role !== "vendored" && README.test(file.path))) this.#addDocument(file);
    if (file.role === "vendored" || file.role === "generated") {
      if (file.language !== null && this.#programming.has(file.language)) this.#skip(file.role, file);
      return;
    }
    if (!parsed?.ok) {
      const reason = parsed?.why === "no_grammar" || !parsed ? "no_rules" : parsed.why;
      if (file.language !== null && this.#programming.has(file.language)) this.#skip(reason, file);
      return;
    }
    const { tree } = parsed;
    if (!hasRules(tree)) {
      this.#skip("no_rules", file);
      return;
    }
    const cases = this.#patterns.add(file, tree, scopesOf(tree));
    this.#functions.add(file, tree, functionsOf(tree));
    this.#count(file, tree.lines, cases);
  }

  finish(): PatternsFound {
    const languages = [...this.#languages.values()].sort((a, b) => b.lines - a.lines);
    const { testLines, sourceLines, ...tests } = this.#tests;
    return bounded({
      catalogue: CATALOGUE_VERSION,
      files: languages.reduce((sum, { files }) => sum + files, 0),
      lines: languages.reduce((sum, { lines }) => sum + lines, 0),
      bytes: this.#bytes,
      languages,
      patterns: this.#patterns.found(),
      functions: this.#functions.functions(),
      tests: { ...tests, linesRatio: sourceLines === 0 ? null : Math.round((testLines / sourceLines) * 1000) / 1000 },
      documentation: { ...this.#documents, ...this.#functions.documentation() } satisfies DocumentationFound,
      skipped: [...this.#skipped.values()],
      measuredMs: Math.round(performance.now() - this.#started),
    });
  }

  #count(file: SourceFile, lines: number, cases: number): void {
    const language = file.language ?? "";
    const counted = this.#languages.get(language) ?? { name: language, files: 0, lines: 0 };
    counted.files += 1;
    counted.lines += lines;
    this.#languages.set(language, counted);
    this.#bytes += file.bytes;
    this.#tests.cases += cases;
    if (file.role === "test") {
      this.#tests.files += 1;
      this.#tests.testLines += lines;
    } else {
      this.#tests.sourceFiles += 1;
      this.#tests.sourceLines += lines;
    }
  }

  #addDocument({ path, bytes }: SourceFile): void {
    this.#documents.files += 1;
    const depth = (of: string) => of.split("/").length;
    const { readme } = this.#documents;
    if (!README.test(path) || (readme !== null && depth(readme) <= depth(path))) return;
    this.#documents.readme = path;
    this.#documents.readmeBytes = bytes;
  }

  #skip(reason: SkipReason, { path, bytes }: SourceFile): void {
    const entry = this.#skipped.get(reason) ?? { reason, files: 0, bytes: 0, examples: [] };
    entry.files += 1;
    entry.bytes += bytes;
    if (entry.examples.length < FOUND_LIMITS.skippedExamples) entry.examples.push(path);
    this.#skipped.set(reason, entry);
  }
}

/** Gives up examples until the result is as small as it has to be; counts stay. */
function bounded(found: PatternsFound): PatternsFound {
  for (let keep = FOUND_LIMITS.examplesPerPattern - 1; keep >= 0 && sizeOf(found) > FOUND_LIMITS.maxBytes; keep -= 1) {
    for (const pattern of found.patterns) pattern.examples.length = Math.min(pattern.examples.length, keep);
  }
  return found;
}

function sizeOf(found: PatternsFound): number {
  return Buffer.byteLength(JSON.stringify(found));
}
