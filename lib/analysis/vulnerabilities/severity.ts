import * as library from "ae-cvss-calculator";
import type { Severity } from "../security/schemas";

/** How GitHub's advisories put it. */
const WORDS: ReadonlyMap<string, Severity> = new Map([
  ["critical", "critical"],
  ["high", "high"],
  ["moderate", "medium"],
  ["medium", "medium"],
  ["low", "low"],
]);

/**
 * How bad an advisory says it is: its database's own word, else the base score of its CVSS 4 or 3 vector by the standards'
 * bands (https://www.first.org/cvss/v4.0/specification-document, 6).
 * @returns null when it says nothing that is understood; that is not the same as harmless
 */
export function severityOf(advisory: {
  readonly database_specific?: { readonly severity?: string | undefined } | undefined;
  readonly severity?: readonly { readonly type: string; readonly score: string }[] | undefined;
}): Severity | null {
  const word = WORDS.get(advisory.database_specific?.severity?.toLowerCase() ?? "");
  if (word) return word;
  const rated = (of: string) => baseScore(advisory.severity?.find(({ type }) => type === of)?.score ?? "");
  const score = rated("CVSS_V4") ?? rated("CVSS_V3");
  if (score === null) return null;
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : "info";
}

/** Node's own loader knows what a CommonJS module exports as `default` alone; bundlers know the names. */
const { fromVector } = (library as { readonly default?: typeof library }).default ?? library;
/** With every optional metric a vector of CVSS 4 has some 180 characters. */
const MAX_VECTOR = 400;

/** @returns 0 to 10 by the base metrics alone, or null for what is no whole vector of CVSS 3 or 4 */
export function baseScore(vector: string): number | null {
  if (!/^CVSS:(?:3\.[01]|4\.0)\//.test(vector) || vector.length > MAX_VECTOR) return null;
  const parsed = fromVector(vector);
  if (!parsed?.isBaseFullyDefined()) return null;
  const scores = parsed.calculateScores(false);
  return ("baseMetricsOnly" in scores ? scores.baseMetricsOnly : scores.base) ?? null;
}
