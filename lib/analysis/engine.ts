import type { LanguagesFound } from "./schemas";
import type { SourceFile } from "./source";
import type { Parsed } from "./syntax/parser";

/**
 * How the rooms of an analysis plug into the engine. The engine runs in a child process of its own that is killed
 * when it passes a limit; it reads each file of the clone once, in path order, has it parsed once (generated files
 * and those without a grammar are not parsed), and hands it to both analysers, which run in a thread of their own
 * where the repository is large enough. Every text file of up to 1 MB is
 * handed on, lock files and files of no known language too; only what is binary or vendored is not.
 *
 * | room      | file the engine imports             | what it exports                                                       |
 * |-----------|-------------------------------------|-----------------------------------------------------------------------|
 * | syntax    | `lib/analysis/syntax/parser.ts`     | `createParser(wasmFolder?: string): Promise<SyntaxParser>`             |
 * | patterns  | `lib/analysis/patterns/analyser.ts` | `createPatternsAnalyser(about: RepositoryFacts): FileAnalyser<PatternsFound>` |
 * | security  | `lib/analysis/security/analyser.ts` | `createSecurityAnalyser(about: RepositoryFacts): FileAnalyser<SecurityFound>` |
 * | insights  | `lib/analysis/insights/derive.ts`   | `deriveInsights(all, catalogue): InsightsFound` (pure; `all` holds languages, patterns and security; runs in the workflow, on validated data) |
 *
 * Each room also has `schemas.ts` (`patternsFoundSchema`, …) and in `rules.ts` a pure
 * `summarise(found): PhaseSummary`, which is what the live page shows while the analysis goes on.
 */

/** What is known about the repository before the first file is read. */
export interface RepositoryFacts {
  readonly commit: string;
  /** Every path of the commit (up to the limit of files), vendored and binary ones too: for lockfiles, tests, licences. */
  readonly paths: readonly string[];
  readonly languages: LanguagesFound;
}

/**
 * Looks at files one after another. Keeps neither texts nor trees, so that its memory does not grow with the
 * repository's size: what it keeps is bounded, and its result says where a bound cut it.
 */
export interface FileAnalyser<Found> {
  /**
   * Called once for each file, in path order. What it throws ends the analysis: a strange file is no reason to.
   * @param parsed its tree (`parsed.tree`: plain columns, nothing to free) or why it has none; null when nobody
   *   asked the parser, because the file is generated
   */
  add(file: SourceFile, parsed: Parsed | null): void | Promise<void>;
  /** @returns what was found; at most 2 MB as JSON. Called once, also when a limit ended the reading early. */
  finish(): Found | Promise<Found>;
}

/** What a phase found in a few words, small enough to be broadcast: at most 12 counts and 8 highlights. */
export interface PhaseSummary {
  /** Such as `{ label: "Patterns", value: 41 }`, most telling first. */
  readonly counts: readonly { readonly label: string; readonly value: number }[];
  /** Short sentences or names, such as `async/await, in 31 files`; nothing secret. */
  readonly highlights: readonly string[];
}
