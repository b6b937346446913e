import type { SecurityFinding, SecurityFound } from "../security/schemas";

/** By the id of a finding: why it is all right. */
export type Decisions = ReadonlyMap<string, string>;

/**
 * The findings with somebody's own decisions in them: marked ones stand last and leave the counts, as those that a
 * comment marks do. A comment's reason stays: it is nearer to the code.
 * @returns the same object when no decision is about one of these findings
 */
export function decide(found: SecurityFound, decisions: Decisions): SecurityFound {
  const marked = found.findings.filter(({ id, suppressed }) => !suppressed && decisions.has(id));
  if (marked.length === 0) return found;
  const isMarked = new Set(marked);
  const counts = structuredClone(found.counts);
  for (const { severity, category, confidence } of marked) {
    counts.total -= 1;
    counts.bySeverity[severity] -= 1;
    counts.byCategory[category] -= 1;
    counts.byConfidence[confidence] -= 1;
    counts.suppressed += 1;
  }
  const withReason = (finding: SecurityFinding): SecurityFinding => ({
    ...finding,
    suppressed: { reason: decisions.get(finding.id) ?? "", by: "user" },
  });
  return {
    ...found,
    counts,
    findings: [
      ...found.findings.filter((finding) => !finding.suppressed && !isMarked.has(finding)),
      ...marked.map(withReason),
      ...found.findings.filter((finding) => finding.suppressed),
    ],
  };
}
