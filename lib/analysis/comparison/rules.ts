import type { InsightsFound } from "../insights/schemas";
import type { PatternsFound } from "../patterns/schemas";
import type { AnalysisResult } from "../schemas";
import type { SecurityFinding, SecurityFound } from "../security/schemas";
import { MAX_COMPARED, type ChangedFigure, type ComparedFinding, type Comparison } from "./schemas";

/** What is compared of a result; a phase that it does not have is null. */
export interface Comparable {
  readonly engine: number;
  readonly commit: string;
  readonly lines: number;
  readonly files: number;
  readonly languages: AnalysisResult["languages"];
  readonly patterns: PatternsFound | null;
  readonly security: SecurityFound | null;
  readonly insights: InsightsFound | null;
}

/** A tenth of a percentage point: less does not show in what is printed. */
const SHARE_STEP = 0.001;

export const FIGURE_WORDS: Readonly<Record<ChangedFigure["figure"], string>> = {
  lines: "Lines counted",
  files: "Files counted",
  functions: "Functions",
  cognitive_p90: "Cognitive complexity, nine of ten at most",
  cognitive_max: "Cognitive complexity, highest",
  test_cases: "Test cases",
  documented_functions: "Documented public functions",
  findings: "Security findings",
};

/** What changed from `before` to `after`: deterministic, and nothing when both are the same. */
export function compare(
  before: Comparable & { readonly id: string; readonly finishedAt: string },
  after: Comparable,
): Comparison {
  return {
    previous: { id: before.id, commit: before.commit, finishedAt: before.finishedAt, engine: before.engine },
    sameCommit: before.commit === after.commit,
    sameEngine: before.engine === after.engine,
    figures: figures(before, after),
    languages: languages(before, after),
    patterns: patterns(before, after),
    findings: findings(before, after),
    insights: insights(before, after),
  };
}

function figures(before: Comparable, after: Comparable): ChangedFigure[] {
  const of = (each: Comparable): Readonly<Record<ChangedFigure["figure"], number | undefined>> => ({
    lines: each.lines,
    files: each.files,
    functions: each.patterns?.functions.count,
    cognitive_p90: each.patterns?.functions.cognitive.p90,
    cognitive_max: each.patterns?.functions.cognitive.max,
    test_cases: each.patterns?.tests.cases,
    documented_functions: each.patterns?.documentation.documentedFunctions,
    findings: each.security?.counts.total,
  });
  const [then, now] = [of(before), of(after)];
  return (Object.keys(FIGURE_WORDS) as ChangedFigure["figure"][]).flatMap((figure) => {
    const [from, to] = [then[figure], now[figure]];
    return from === undefined || to === undefined ? [] : [{ figure, before: from, after: to }];
  });
}

function languages(before: Comparable, after: Comparable): Comparison["languages"] {
  const share = (each: Comparable) =>
    new Map(each.languages.flatMap(({ name, share: part }) => (part === null ? [] : [[name, part] as const])));
  const [then, now] = [share(before), share(after)];
  return [...new Set([...now.keys(), ...then.keys()])]
    .map((name) => ({ name, before: then.get(name) ?? null, after: now.get(name) ?? null }))
    .filter((each) => Math.abs((each.after ?? 0) - (each.before ?? 0)) >= SHARE_STEP)
    .toSorted(
      (one, other) =>
        Math.abs((other.after ?? 0) - (other.before ?? 0)) - Math.abs((one.after ?? 0) - (one.before ?? 0)) ||
        byText(one.name, other.name),
    )
    .slice(0, MAX_COMPARED);
}

function patterns(before: Comparable, after: Comparable): Comparison["patterns"] {
  if (!before.patterns || !after.patterns) return [];
  const counts = (found: PatternsFound) => new Map(found.patterns.map(({ id, count }) => [id, count]));
  const [then, now] = [counts(before.patterns), counts(after.patterns)];
  return [...new Set([...now.keys(), ...then.keys()])]
    .map((id) => ({ id, before: then.get(id) ?? 0, after: now.get(id) ?? 0 }))
    .filter((each) => each.before !== each.after)
    .toSorted(
      (one, other) =>
        Math.abs(other.after - other.before) - Math.abs(one.after - one.before) || byText(one.id, other.id),
    )
    .slice(0, MAX_COMPARED);
}

function findings(before: Comparable, after: Comparable): Comparison["findings"] {
  if (!before.security || !after.security) return null;
  const open = (found: SecurityFound) =>
    new Map(found.findings.filter((finding) => !finding.suppressed).map((finding) => [finding.id, finding]));
  const [then, now] = [open(before.security), open(after.security)];
  const appeared = [...now.values()].filter(({ id }) => !then.has(id));
  const gone = [...then.values()].filter(({ id }) => !now.has(id));
  return {
    appeared: appeared.slice(0, MAX_COMPARED).map(brief),
    gone: gone.slice(0, MAX_COMPARED).map(brief),
    kept: now.size - appeared.length,
    appearedTotal: appeared.length,
    goneTotal: gone.length,
  };
}

function brief({ id, title, severity, path, line }: SecurityFinding): ComparedFinding {
  return { id, title, severity, path, line };
}

function insights(before: Comparable, after: Comparable): Comparison["insights"] {
  if (!before.insights || !after.insights) return null;
  const said = (found: InsightsFound) =>
    new Map(found.insights.map(({ ruleId, sentence }) => [`${ruleId}\0${sentence}`, { ruleId, sentence }]));
  const [then, now] = [said(before.insights), said(after.insights)];
  return {
    appeared: [...now].filter(([key]) => !then.has(key)).map(([, each]) => each),
    gone: [...then].filter(([key]) => !now.has(key)).map(([, each]) => each),
  };
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
