import type { FunctionMeasure, Occurrence, PatternCount, PatternsFound } from "../patterns/schemas";
import type { LanguageCount, SkippedCount } from "../schemas";
import type { SecurityFinding, SecurityFound } from "../security/schemas";
import type { CatalogueView, InsightInput } from "./input";
import type { Place } from "./place";

/** A pattern of this code with its name from the catalogue. */
export interface NamedPattern extends PatternCount {
  readonly name: string;
}

/**
 * The input in one fixed order, so that what is derived does not depend on the order in which files were read, with
 * what several rules ask for worked out once.
 */
export interface Facts {
  /** Code and markup, largest first. */
  readonly code: readonly (LanguageCount & { readonly share: number })[];
  readonly skipped: ReadonlyMap<SkippedCount["reason"], SkippedCount>;
  readonly found: PatternsFound | null;
  /** Most used outside of tests first. */
  readonly patterns: readonly NamedPattern[];
  /** The most complex first. */
  readonly hotspots: readonly FunctionMeasure[];
  readonly security: SecurityFound | null;
  /** Without suppressed ones, worst first. */
  readonly findings: readonly SecurityFinding[];
  readonly suppressed: readonly SecurityFinding[];
}

const SEVERITY = { critical: 0, high: 1, medium: 2, low: 3, info: 4 } as const;
const CONFIDENCE = { high: 0, medium: 1, low: 2 } as const;

/** Plain code-unit order: the same on every machine, whatever its language. */
function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Two places may begin on one line: without their ends the order in which they were found would show. */
export function byPlace(one: Place, other: Place): number {
  return (
    byText(one.path, other.path) ||
    one.line - other.line ||
    (one.endLine ?? one.line) - (other.endLine ?? other.line) ||
    byText(one.label ?? "", other.label ?? "")
  );
}

export function establishFacts(input: InsightInput, catalogue: CatalogueView): Facts {
  const names = new Map(catalogue.patterns.map(({ id, name }) => [id, name]));
  const { patterns: found, security } = input;
  const findings = (security?.findings ?? []).toSorted(
    (one, other) =>
      SEVERITY[one.severity] - SEVERITY[other.severity] ||
      CONFIDENCE[one.confidence] - CONFIDENCE[other.confidence] ||
      byPlace(one, other) ||
      byText(one.rule, other.rule),
  );
  return {
    code: input.languages.languages
      .flatMap((language) => (language.share === null ? [] : [{ ...language, share: language.share }]))
      .toSorted((one, other) => other.share - one.share || byText(one.name, other.name)),
    skipped: new Map(
      input.languages.skipped.map((entry) => [entry.reason, { ...entry, examples: entry.examples.toSorted(byText) }]),
    ),
    found,
    patterns: (found?.patterns ?? [])
      // A pattern that this catalogue does not know any more has no name to speak of it by.
      .flatMap((pattern) => {
        const name = names.get(pattern.id);
        return name === undefined ? [] : [{ ...pattern, name, examples: pattern.examples.toSorted(byTestThenPlace) }];
      })
      .toSorted((one, other) => outsideTests(other) - outsideTests(one) || byText(one.id, other.id)),
    hotspots: (found?.functions.hotspots ?? []).toSorted(
      (one, other) =>
        other.cognitive - one.cognitive ||
        other.cyclomatic - one.cyclomatic ||
        byPlace(one, other) ||
        byText(one.name, other.name),
    ),
    security,
    findings: findings.filter((finding) => !finding.suppressed),
    suppressed: findings.filter((finding) => finding.suppressed),
  };
}

function byTestThenPlace(one: Occurrence, other: Occurrence): number {
  return Number(one.inTest) - Number(other.inTest) || byPlace(one, other);
}

/** How often a pattern stands in code that is no test. */
export function outsideTests(pattern: PatternCount): number {
  return pattern.count - pattern.inTests;
}

export function patternPlaces(pattern: NamedPattern): Place[] {
  return pattern.examples.map(({ path, line, endLine }) => ({ path, line, endLine, label: pattern.name }));
}

export function functionPlaces(functions: readonly FunctionMeasure[]): Place[] {
  return functions.map(({ path, line, endLine, name }) => ({ path, line, endLine, label: name }));
}

export function findingPlaces(findings: readonly SecurityFinding[]): Place[] {
  return findings.map(({ path, line, endLine, title }) => ({ path, line, endLine, label: title }));
}

/** Files as places: their first line. */
export function filePlaces(paths: readonly string[]): Place[] {
  return paths.map((path) => ({ path, line: 1 }));
}

/** Places where a language is written: of its most used patterns, then of its most complex functions. */
export function languagePlaces(facts: Facts, language: string): Place[] {
  return [
    ...facts.patterns.flatMap((pattern) =>
      pattern.examples
        .filter((example) => example.language === language)
        .slice(0, 1)
        .map(({ path, line, endLine }) => ({ path, line, endLine, label: pattern.name })),
    ),
    ...functionPlaces(facts.hotspots.filter((each) => each.language === language)),
  ];
}

/** Places within tests, one for each pattern that occurs there. */
export function testPlaces(facts: Facts): Place[] {
  const seen = new Set<string>();
  return facts.patterns
    .flatMap((pattern) =>
      pattern.examples
        .filter((example) => example.inTest)
        .map(({ path, line, endLine }) => ({ path, line, endLine, label: pattern.name })),
    )
    .toSorted(byPlace)
    .filter(({ path }) => {
      if (seen.has(path)) return false;
      seen.add(path);
      return true;
    });
}

/** Places of code that is no test: the most complex functions, then what the most used patterns show. */
export function codePlaces(facts: Facts): Place[] {
  return [
    ...functionPlaces(facts.hotspots),
    ...facts.patterns.flatMap((pattern) =>
      patternPlaces({ ...pattern, examples: pattern.examples.filter((each) => !each.inTest) }),
    ),
  ];
}
