import type { SecurityFound, Severity } from "./schemas";

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  info: "Note",
};

/**
 * The security phase in a few words, for the page that shows an analysis while it goes on. Nothing secret: titles of rules and
 * numbers alone. What was not checked is named, so that a zero is never read as "safe".
 */
export function summarise(found: SecurityFound): {
  counts: { label: string; value: number }[];
  highlights: string[];
} {
  const { counts, checked, findings, vulnerabilities } = found;
  const severities = (Object.keys(SEVERITY_WORDS) as Severity[]).filter((severity) => counts.bySeverity[severity] > 0);
  const byTitle = new Map<string, number>();
  for (const { title, suppressed } of findings) {
    if (!suppressed) byTitle.set(title, (byTitle.get(title) ?? 0) + 1);
  }
  const titles = [...byTitle]
    .slice(0, 6)
    .map(([title, times]) => (times === 1 ? title : `${title}, in ${times} places`));
  return {
    counts: [
      { label: "Findings", value: counts.total },
      ...severities.map((severity) => ({ label: SEVERITY_WORDS[severity], value: counts.bySeverity[severity] })),
      { label: "Files read for secrets", value: checked.secrets },
      { label: "Files read for dangerous code", value: checked.code },
    ],
    highlights: [
      ...titles,
      vulnerabilities.status === "checked"
        ? `${vulnerabilities.total} known vulnerabilities in ${vulnerabilities.packages} packages`
        : "Known vulnerabilities: not checked",
    ],
  };
}
