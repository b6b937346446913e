import type { PatternKind, PatternsFound } from "./schemas";

/** What an analysis shows of one pattern, as the memory of a learner's patterns takes it. */
export interface PatternEvidence {
  readonly pattern: string;
  readonly kind: PatternKind;
  readonly concept: string;
  readonly count: number;
  /** Of {@link count}, those that were done well: all of a habit, none of a risk. */
  readonly good: number;
  readonly places: readonly {
    readonly path: string;
    readonly line: number;
    readonly endLine: number;
    readonly language: string;
  }[];
  readonly fingerprints: readonly string[];
}

/**
 * What an analysis says about who wrote the code. A risk in a test is often meant (an empty catch that proves something
 * is thrown, say), so those are left out.
 */
export function evidenceOf(found: Pick<PatternsFound, "patterns">): PatternEvidence[] {
  return found.patterns.flatMap(({ id, kind, concept, count: all, inTests, examples }) => {
    const count = kind === "risk" ? all - inTests : all;
    if (count <= 0) return [];
    const shown = kind === "risk" ? examples.filter(({ inTest }) => !inTest) : examples;
    return [
      {
        pattern: id,
        kind,
        concept,
        count,
        good: kind === "habit" ? count : 0,
        places: shown.map(({ path, line, endLine, language }) => ({ path, line, endLine, language })),
        fingerprints: [...new Set(shown.map(({ fingerprint }) => fingerprint))],
      },
    ];
  });
}

/** The structures of everything an analysis kept an example of, to look for the same elsewhere. */
export function fingerprintsOf(found: Pick<PatternsFound, "patterns">): string[] {
  return [...new Set(found.patterns.flatMap(({ examples }) => examples.map(({ fingerprint }) => fingerprint)))];
}
