import { z } from "zod";

/**
 * Bounds of what is kept. With all of them reached a result stays below {@link FOUND_LIMITS.maxBytes}: examples
 * are given up first, counts never.
 */
export const FOUND_LIMITS = {
  maxBytes: 280_000,
  examplesPerPattern: 5,
  snippetLines: 12,
  snippetCharacters: 600,
  hotspots: 20,
  shapes: 5_000,
  undocumented: 20,
  skippedExamples: 5,
} as const;

const count = z.number().int().min(0);
const line = z.number().int().min(1);

/** A pattern of the catalogue: `kebab-case`, unique, never used again for another one. */
export const patternIdSchema = z.string().regex(/^[a-z][a-z0-9-]+$/);
/** A concept to learn; several patterns share one. The same slugs name concepts in recommendations and lessons. */
export const conceptSlugSchema = z.string().regex(/^[a-z][a-z0-9-]+$/);

/** `habit` is neutral or good style, `risk` is worth a look each time. */
export const patternKindSchema = z.enum(["habit", "risk"]);
export type PatternKind = z.infer<typeof patternKindSchema>;

export const occurrenceSchema = z.strictObject({
  path: z.string(),
  line,
  endLine: line,
  language: z.string(),
  /** In a test or example file, where most risks weigh less. */
  inTest: z.boolean(),
  snippet: z.string(),
  /** Structure without names, literals, comments and layout: 16 hexadecimal digits, equal for equal structure. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
});
export type Occurrence = z.infer<typeof occurrenceSchema>;

export const patternCountSchema = z.strictObject({
  id: patternIdSchema,
  kind: patternKindSchema,
  concept: conceptSlugSchema,
  count,
  /** Of {@link count}, those in test and example files. */
  inTests: count,
  files: count,
  /** How many different structures the occurrences have; counted up to {@link FOUND_LIMITS.shapes}. */
  shapes: count,
  byLanguage: z.record(z.string(), count),
  /** A few, spread over files, those in tests only where there are no others. */
  examples: z.array(occurrenceSchema),
});
export type PatternCount = z.infer<typeof patternCountSchema>;

/** How a measure of functions is spread. */
export const distributionSchema = z.strictObject({
  /** Functions with a value up to and including `upTo`; the last bucket has no bound. */
  buckets: z.array(z.strictObject({ upTo: z.number().int().nullable(), functions: count })),
  mean: z.number().min(0),
  p50: count,
  p75: count,
  p90: count,
  p99: count,
  max: count,
});
export type Distribution = z.infer<typeof distributionSchema>;

export const functionMeasureSchema = z.strictObject({
  path: z.string(),
  line,
  endLine: line,
  /** As written; `(anonymous)` for one without. */
  name: z.string(),
  language: z.string(),
  lines: count,
  parameters: count,
  cyclomatic: count,
  cognitive: count,
});
export type FunctionMeasure = z.infer<typeof functionMeasureSchema>;

export const functionsFoundSchema = z.strictObject({
  count,
  lines: distributionSchema,
  cyclomatic: distributionSchema,
  cognitive: distributionSchema,
  /** The most complex outside of tests, by cognitive complexity. */
  hotspots: z.array(functionMeasureSchema),
});
export type FunctionsFound = z.infer<typeof functionsFoundSchema>;

export const testsFoundSchema = z.strictObject({
  files: count,
  /** Test functions and `test(…)`/`it(…)` calls; a table-driven test counts once. */
  cases: count,
  /** Source files that are no tests, of the languages that were parsed. */
  sourceFiles: count,
  /** Lines of tests for each line of other code; null when there is no other code. */
  linesRatio: z.number().min(0).nullable(),
});
export type TestsFound = z.infer<typeof testsFoundSchema>;

export const documentationFoundSchema = z.strictObject({
  /** Path of the README nearest to the root; null when there is none. */
  readme: z.string().nullable(),
  /** Bytes of it. */
  readmeBytes: count,
  /** Documentation files, the README among them. */
  files: count,
  /** Functions and methods that others may call, and of them those with a doc comment. */
  publicFunctions: count,
  documentedFunctions: count,
  /** Undocumented public functions, the longest first. */
  missing: z.array(z.strictObject({ path: z.string(), line, name: z.string() })),
});
export type DocumentationFound = z.infer<typeof documentationFoundSchema>;

export const patternSkipSchema = z.strictObject({
  /** `no_rules`: a programming language that the catalogue does not speak of. */
  reason: z.enum(["vendored", "generated", "no_rules", "too_large", "too_slow", "syntax_errors"]),
  files: count,
  bytes: count,
  examples: z.array(z.string()),
});
export type PatternSkip = z.infer<typeof patternSkipSchema>;

/** What the phase `patterns` found. */
export const patternsFoundSchema = z.strictObject({
  /** Grows when a rule or a measure changes what it counts. */
  catalogue: z.number().int(),
  files: count,
  lines: count,
  bytes: count,
  languages: z.array(z.strictObject({ name: z.string(), files: count, lines: count })),
  /** Patterns that occur, in the order of the catalogue. */
  patterns: z.array(patternCountSchema),
  functions: functionsFoundSchema,
  tests: testsFoundSchema,
  documentation: documentationFoundSchema,
  skipped: z.array(patternSkipSchema),
  measuredMs: count,
});
export type PatternsFound = z.infer<typeof patternsFoundSchema>;
