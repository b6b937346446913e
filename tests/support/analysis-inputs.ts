import fc from "fast-check";
import { deriveInsights } from "@/lib/analysis/insights/derive";
import type { CatalogueView, InsightInput } from "@/lib/analysis/insights/input";
import type {
  FunctionMeasure,
  Occurrence,
  PatternCount,
  PatternsFound,
  TestsFound,
} from "@/lib/analysis/patterns/schemas";
import type { AnalysisResult, SkippedCount } from "@/lib/analysis/schemas";
import type { SecurityFinding, SecurityFound } from "@/lib/analysis/security/schemas";

/** A small catalogue for tests of what is derived from one; the product's own is lib/analysis/patterns. */
const CONCEPTS = Array.from({ length: 18 }, (_, index) => ({ slug: `concept-${index}`, title: `Concept ${index}` }));
const HABITS = CONCEPTS.map(({ slug }, index) => ({
  id: `habit-${index}`,
  name: `Habit number ${index}`,
  concept: slug,
  kind: "habit" as const,
  languages: index % 3 === 0 ? ["Python"] : ["TypeScript", "Python"],
}));
const RISKS = ["p-risk", "q-risk", "r-risk", "s-risk"].map((id, index) => ({
  id,
  name: `Risk ${id[0]?.toUpperCase() ?? ""}`,
  concept: `concept-${index}`,
  kind: "risk" as const,
  languages: ["TypeScript", "Python"],
}));
export const CATALOGUE: CatalogueView = { patterns: [...HABITS, ...RISKS], concepts: CONCEPTS };

export function anOccurrence(of: Partial<Occurrence> = {}): Occurrence {
  return {
    path: "src/a.ts",
    line: 1,
    endLine: 3,
    language: "TypeScript",
    inTest: false,
    snippet: "SNIPPET()",
    fingerprint: "0123456789abcdef",
    ...of,
  };
}

export function aPattern(of: Partial<PatternCount> = {}): PatternCount {
  return {
    id: "habit-1",
    kind: "habit",
    concept: "concept-1",
    count: 12,
    inTests: 2,
    files: 4,
    shapes: 3,
    byLanguage: { TypeScript: 12 },
    examples: [anOccurrence()],
    ...of,
  };
}

export function aFunction(of: Partial<FunctionMeasure> = {}): FunctionMeasure {
  return {
    path: "src/a.ts",
    line: 1,
    endLine: 20,
    name: "work",
    language: "TypeScript",
    lines: 20,
    parameters: 2,
    cyclomatic: 4,
    cognitive: 3,
    ...of,
  };
}

export function aFinding(of: Partial<SecurityFinding> = {}): SecurityFinding {
  return {
    id: "0123456789abcdef0123456789abcdef",
    rule: "code.eval",
    category: "code",
    cwe: "CWE-95",
    title: "Evaluates text as code",
    severity: "medium",
    confidence: "medium",
    path: "src/a.ts",
    line: 2,
    endLine: 2,
    snippet: "eval(SNIPPET)",
    advice: "Parse the text instead.",
    role: "source",
    places: 1,
    ...of,
  };
}

interface Parts {
  readonly patterns?: readonly PatternCount[];
  readonly hotspots?: readonly FunctionMeasure[];
  readonly findings?: readonly SecurityFinding[];
  readonly tests?: TestsFound;
  readonly skipped?: readonly SkippedCount[];
  readonly found?: Partial<PatternsFound>;
}

const spread = (p90: number, max: number) => ({
  buckets: [
    { upTo: 5, functions: 20 },
    { upTo: null, functions: 5 },
  ],
  mean: 3,
  p50: 2,
  p75: 4,
  p90,
  p99: max,
  max,
});

/** A repository of medium size, mostly TypeScript; what is not told is unremarkable. */
export function anInput(parts: Parts = {}): InsightInput {
  const hotspots = [...(parts.hotspots ?? [])];
  const max = Math.max(3, ...hotspots.map((each) => each.cognitive));
  return {
    languages: {
      files: 40,
      lines: 4_000,
      bytes: 120_000,
      languages: [
        {
          name: "TypeScript",
          kind: "programming",
          color: "#3178c6",
          files: 36,
          lines: 3_800,
          bytes: 110_000,
          share: 0.75,
        },
        { name: "CSS", kind: "markup", color: "#663399", files: 4, lines: 200, bytes: 10_000, share: 0.25 },
      ],
      skipped: [...(parts.skipped ?? [])],
      limits: [],
      measuredMs: 5,
    },
    patterns: {
      catalogue: 1,
      files: 36,
      lines: 3_800,
      bytes: 110_000,
      languages: [{ name: "TypeScript", files: 36, lines: 3_800 }],
      patterns: [...(parts.patterns ?? [])],
      functions: { count: 120, lines: spread(40, 90), cyclomatic: spread(8, 12), cognitive: spread(8, max), hotspots },
      tests: parts.tests ?? { files: 6, cases: 40, sourceFiles: 30, linesRatio: 0.3 },
      documentation: {
        readme: "README.md",
        readmeBytes: 1_200,
        files: 2,
        publicFunctions: 4,
        documentedFunctions: 2,
        missing: [],
      },
      skipped: [],
      measuredMs: 9,
      ...parts.found,
    },
    security: someSecurity(parts.findings ?? []),
  };
}

export function someSecurity(findings: readonly SecurityFinding[], codeFiles = 36): SecurityFound {
  const open = findings.filter((finding) => !finding.suppressed);
  const of = <K extends string>(keys: readonly K[], key: (finding: SecurityFinding) => K) =>
    Object.fromEntries(keys.map((one) => [one, open.filter((finding) => key(finding) === one).length])) as Record<
      K,
      number
    >;
  return {
    findings: [...findings],
    counts: {
      total: open.length,
      bySeverity: of(["critical", "high", "medium", "low", "info"], (finding) => finding.severity),
      byCategory: of(["secret", "code", "supply_chain"], (finding) => finding.category),
      byConfidence: of(["high", "medium", "low"], (finding) => finding.confidence),
      suppressed: findings.length - open.length,
    },
    checked: { secrets: 40, code: codeFiles, supplyChain: 2, rules: 60 },
    vulnerabilities: { status: "not_checked", message: "There is no advisory data on this machine." },
    notChecked: [{ what: "history", message: "Only the newest commit was read." }],
    limits: [],
    measuredMs: 7,
  };
}

const LANGUAGES = ["TypeScript", "Python", "CSS"] as const;
const paths = fc.constantFrom("src/a.ts", "src/b.ts", "src/deep/c.py", "lib/d.ts", "tests/a.test.ts", "README.md");
const lines = fc.integer({ min: 1, max: 400 });
const small = fc.integer({ min: 0, max: 60 });
const few = <T>(of: fc.Arbitrary<T>, maxLength: number) => fc.array(of, { maxLength });

const occurrences: fc.Arbitrary<Occurrence> = fc
  .record({
    path: paths,
    line: lines,
    language: fc.constantFrom(...LANGUAGES),
    inTest: fc.boolean(),
    length: fc.nat(9),
  })
  .map(({ length, ...rest }) => anOccurrence({ ...rest, endLine: rest.line + length }));

const patterns: fc.Arbitrary<PatternCount[]> = fc
  .oneof(fc.constant([...CATALOGUE.patterns]), fc.subarray([...CATALOGUE.patterns]))
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map(({ id, kind, concept }) =>
        fc
          .record({
            outside: fc.oneof({ weight: 1, arbitrary: fc.constantFrom(0, 1, 2) }, { weight: 5, arbitrary: fc.nat(80) }),
            inTests: fc.nat(40),
            files: fc.integer({ min: 1, max: 30 }),
            shapes: fc.integer({ min: 1, max: 30 }),
            examples: few(occurrences, 5),
          })
          .map(({ outside, inTests, files, shapes, examples }) =>
            aPattern({ id, kind, concept, count: outside + inTests, inTests, files, shapes, examples }),
          ),
      ),
    ),
  );

const functions: fc.Arbitrary<FunctionMeasure> = fc
  .record({
    path: paths,
    line: lines,
    name: fc.constantFrom("read", "write", "(anonymous)"),
    language: fc.constantFrom(...LANGUAGES),
    lines: fc.integer({ min: 1, max: 300 }),
    parameters: fc.nat(9),
    cyclomatic: small,
    cognitive: fc.oneof(fc.nat(14), small, fc.constantFrom(90)),
  })
  .map((measure) => ({ ...measure, endLine: measure.line + measure.lines - 1 }));

const findings: fc.Arbitrary<SecurityFinding> = fc
  .record({
    rule: fc.constantFrom("code.eval", "code.shell", "secret.key", "chain.unpinned"),
    severity: fc.constantFrom("critical", "high", "medium", "low", "info"),
    confidence: fc.constantFrom("high", "medium", "low"),
    role: fc.constantFrom("source", "test", "example", "configuration"),
    path: paths,
    line: lines,
    decided: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ rule, decided, ...rest }) =>
    aFinding({
      ...rest,
      rule,
      endLine: rest.line,
      category: rule.startsWith("secret") ? "secret" : rule.startsWith("chain") ? "supply_chain" : "code",
      title: `Title of ${rule}`,
      ...(decided === 0 ? { suppressed: { reason: "Looked at", by: "comment" as const } } : {}),
    }),
  );

const skips: fc.Arbitrary<SkippedCount[]> = fc
  .subarray(["vendored", "generated", "too_large", "binary"] as const)
  .map((reasons) =>
    reasons.map((reason, index) => ({
      reason,
      files: 5 + index * 4,
      bytes: 900,
      ...(reason === "vendored" ? { copied: 5 + index * 4 } : {}),
      examples: reason === "generated" ? ["package-lock.json", "src/made.ts"] : [`${reason}/x`, `${reason}/y`],
    })),
  );

/** Any input that conforms to the schemas of the phases before. */
export const inputs: fc.Arbitrary<InsightInput> = fc
  .record({
    patterns,
    hotspots: fc.oneof(few(functions, 20), few(functions, 3)),
    findings: fc.oneof(fc.constant([]), few(findings, 12), few(findings, 3)),
    skipped: skips,
    tests: fc.oneof(
      fc.constant({ files: 0, cases: 0, sourceFiles: 9, linesRatio: 0 }),
      fc.record({
        files: fc.integer({ min: 1, max: 9 }),
        cases: fc.nat(300),
        sourceFiles: fc.nat(50),
        linesRatio: fc.constantFrom(null, 0.02, 0.3, 0.9, 2),
      }),
    ),
    readme: fc.option(fc.constant("README.md")),
    readmeBytes: fc.constantFrom(10, 1_000, 9_000),
    publicFunctions: fc.constantFrom(0, 10, 40),
    documentedFunctions: fc.nat(10),
    missing: few(fc.record({ path: paths, line: lines, name: fc.constant("open") }), 5),
    shares: fc.constantFrom([0.9, 0.1], [0.5, 0.3, 0.2], [0.85, 0.15], [0.95, 0.05]),
    p90: fc.constantFrom(3, 12, 50),
    lines: fc.constantFrom(900, 60_000),
    security: fc.boolean(),
  })
  .map((of) => {
    const plain = anInput(of);
    const found = plain.patterns;
    const max = Math.max(0, ...of.hotspots.map((each) => each.cognitive));
    return {
      languages: {
        ...plain.languages,
        languages: of.shares.map((share, index) => ({
          name: LANGUAGES[index] ?? "CSS",
          kind: "programming" as const,
          color: null,
          files: 10,
          lines: 100,
          bytes: Math.round(share * 1_000),
          share,
        })),
      },
      patterns: found && {
        ...found,
        lines: of.lines,
        languages: [
          { name: "TypeScript", files: 20, lines: Math.round(of.lines * 0.8) },
          { name: "Python", files: 10, lines: Math.round(of.lines * 0.2) },
        ],
        functions: { ...found.functions, lines: spread(of.p90, 200), cognitive: spread(of.p90, max) },
        documentation: {
          readme: of.readme,
          readmeBytes: of.readme === null ? 0 : of.readmeBytes,
          files: 1,
          publicFunctions: of.publicFunctions,
          documentedFunctions: Math.min(of.publicFunctions, of.documentedFunctions),
          missing: of.missing,
        },
      },
      security: of.security ? plain.security : null,
    };
  });

/** The same things found in another order. */
export function shuffled(input: InsightInput, randomness: Iterator<number>): InsightInput {
  const mix = <T>(list: readonly T[]): T[] =>
    list
      .map((value) => ({ value, at: Number(randomness.next().value ?? 0) }))
      .toSorted((one, other) => one.at - other.at)
      .map(({ value }) => value);
  const { languages, patterns: found, security } = input;
  return {
    languages: {
      ...languages,
      languages: mix(languages.languages),
      skipped: mix(languages.skipped.map((entry) => ({ ...entry, examples: mix(entry.examples) }))),
    },
    patterns: found && {
      ...found,
      languages: mix(found.languages),
      patterns: mix(found.patterns.map((pattern) => ({ ...pattern, examples: mix(pattern.examples) }))),
      functions: { ...found.functions, hotspots: mix(found.functions.hotspots) },
      documentation: { ...found.documentation, missing: mix(found.documentation.missing) },
    },
    security: security && { ...security, findings: mix(security.findings) },
  };
}

/** A whole result, as it is stored, with something in every phase. */
export function aResult(of: Partial<AnalysisResult> = {}): AnalysisResult {
  const input = anInput({
    patterns: [
      aPattern({
        count: 40,
        inTests: 4,
        examples: [anOccurrence(), anOccurrence({ path: "src/a.test.ts", inTest: true })],
      }),
      aPattern({ id: "p-risk", kind: "risk", concept: "concept-0", count: 9, inTests: 0 }),
    ],
    hotspots: [aFunction({ cognitive: 30, name: "decide" }), aFunction({ path: "src/b.ts", cognitive: 9 })],
    findings: [aFinding(), aFinding({ id: "f".repeat(32), severity: "high", confidence: "high", path: "src/b.ts" })],
  });
  const { measuredMs: _, ...languages } = input.languages;
  if (!input.patterns || !input.security) throw new Error("the input lacks a phase");
  return {
    engine: 2,
    commit: "a".repeat(40),
    ref: "main",
    totalFiles: 44,
    ...languages,
    phases: { patterns: input.patterns, security: input.security, insights: deriveInsights(input, CATALOGUE) },
    measuredAt: "2026-11-25T12:00:00.000Z",
    durationMs: 1_200,
    ...of,
  };
}
