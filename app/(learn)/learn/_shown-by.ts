import "server-only";
import type { InsightsFound } from "@/lib/analysis/insights/schemas";
import type { SecurityFinding, SecurityFound } from "@/lib/analysis/security/schemas";
import { lessonOfWeakness } from "@/lib/learning/overview/path/lessons-of-findings";
import type { Shown, Weakness } from "@/lib/learning/overview/path/rules";

/**
 * What an analysis shows that a lesson is about. Of the dangerous places those count that are likely true, in code that runs, and
 * that nobody decided are all right; the same one in many places is told once, where it is worst.
 */
export function shownBy(
  insights: Pick<InsightsFound, "recommendations"> | null,
  security: Pick<SecurityFound, "findings"> | null,
): Shown {
  const found = new Map<string, Weakness>();
  for (const finding of (security?.findings ?? []).filter((one) => counts(one))) {
    const concept = lessonOfWeakness(finding.cwe);
    if (concept === null) continue;
    const { title, path, line, places } = finding;
    const key = `${concept} ${title}`;
    const before = found.get(key);
    found.set(key, {
      concept,
      title,
      places: (before?.places ?? 0) + places,
      first: before?.first ?? { path, line },
    });
  }
  return { recommended: insights?.recommendations ?? [], weaknesses: [...found.values()] };
}

function counts({ severity, confidence, role, suppressed }: SecurityFinding): boolean {
  return (
    suppressed === undefined &&
    severity !== "info" &&
    confidence !== "low" &&
    (role === "source" || role === "configuration")
  );
}
