import "server-only";
import type { RepositoryFacts } from "../engine";
import { createPatternsAnalyser } from "../patterns/analyser";
import type { PhaseResult } from "../schemas";
import { createSecurityAnalyser } from "../security/analyser";
import type { SourceFile } from "../source";
import type { Parsed } from "../syntax/parser";
import type { Lockfile } from "../vulnerabilities/schemas";

/** What both analysers found, and how long each worked, in milliseconds. */
export interface AnalysersFound {
  readonly patterns: PhaseResult<"patterns">;
  readonly security: PhaseResult<"security">;
  /** What the lockfiles name. */
  readonly packages: readonly Lockfile[];
  readonly ms: { readonly patterns: number; readonly security: number };
}

/** Takes parsed files one after another, in path order: here, or in another thread. */
export interface Analysers {
  add(file: SourceFile, parsed: Parsed | null): Promise<void>;
  finish(): Promise<AnalysersFound>;
}

/** The rooms that are plugged into this engine: see `lib/analysis/engine.ts`. */
export function createAnalysers(about: RepositoryFacts): Analysers {
  const patterns = createPatternsAnalyser(about);
  const security = createSecurityAnalyser(about);
  const ms = { patterns: 0, security: 0 };
  const timed = async <T>(phase: keyof typeof ms, work: () => T | Promise<T>): Promise<T> => {
    const began = performance.now();
    const done = await work();
    ms[phase] += performance.now() - began;
    return done;
  };
  return {
    async add(file, parsed) {
      await timed("patterns", () => patterns.add(file, parsed));
      await timed("security", () => security.add(file, parsed));
    },
    async finish() {
      return {
        patterns: await timed("patterns", () => patterns.finish()),
        security: await timed("security", () => security.finish()),
        packages: security.packages(),
        ms,
      };
    },
  };
}
