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
 * How bad an advisory says it is: its database's own word, else the base score of its CVSS 3 vector by the standard's
 * bands (https://www.first.org/cvss/v3.1/specification-document, 7.1 and 5).
 * @returns null when it says nothing that is understood; that is not the same as harmless
 */
export function severityOf(advisory: {
  readonly database_specific?: { readonly severity?: string | undefined } | undefined;
  readonly severity?: readonly { readonly type: string; readonly score: string }[] | undefined;
}): Severity | null {
  const word = WORDS.get(advisory.database_specific?.severity?.toLowerCase() ?? "");
  if (word) return word;
  const vector = advisory.severity?.find(({ type }) => type === "CVSS_V3")?.score;
  const score = vector === undefined ? null : cvss3BaseScore(vector);
  if (score === null) return null;
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : "info";
}

const WEIGHTS = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
} as const satisfies Record<string, Record<string, number>>;
const PRIVILEGES = {
  U: { N: 0.85, L: 0.62, H: 0.27 },
  C: { N: 0.85, L: 0.68, H: 0.5 },
} as const satisfies Record<string, Record<string, number>>;

/** @returns 0 to 10, or null for what is no CVSS 3 vector */
export function cvss3BaseScore(vector: string): number | null {
  if (!/^CVSS:3\.[01]\//.test(vector)) return null;
  const values = new Map(vector.split("/").map((part) => part.split(":", 2) as [string, string]));
  const weight = (metric: keyof typeof WEIGHTS): number =>
    (WEIGHTS[metric] as Readonly<Record<string, number>>)[values.get(metric) ?? ""] ?? Number.NaN;
  const scope = values.get("S");
  if (scope !== "U" && scope !== "C") return null;
  const privileges = (PRIVILEGES[scope] as Readonly<Record<string, number>>)[values.get("PR") ?? ""] ?? Number.NaN;
  const base = 1 - (1 - weight("C")) * (1 - weight("I")) * (1 - weight("A"));
  const impact = scope === "U" ? 6.42 * base : 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15;
  const exploitability = 8.22 * weight("AV") * weight("AC") * privileges * weight("UI");
  const sum = impact + exploitability;
  if (Number.isNaN(sum)) return null;
  if (impact <= 0) return 0;
  return roundUp(Math.min(10, scope === "U" ? sum : 1.08 * sum));
}

/** The standard's own way to round up to one decimal, safe from what floating point does to 4.02 (Appendix A). */
function roundUp(value: number): number {
  const scaled = Math.round(value * 100_000);
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10;
}
