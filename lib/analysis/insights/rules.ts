import type { Insight, InsightKind, InsightsFound, InsightTopic } from "./schemas";

/** What a kind of insight is called, as a heading. */
export const KIND_WORDS: Readonly<Record<InsightKind, string>> = {
  strength: "Strengths",
  habit: "Habits",
  gap: "Gaps",
  hotspot: "Hotspots",
};

export const TOPIC_WORDS: Readonly<Record<InsightTopic, string>> = {
  languages: "Languages",
  patterns: "Patterns",
  complexity: "Complexity",
  tests: "Tests",
  documentation: "Documentation",
  security: "Security",
};

/** Insights by kind, in the order of reading: what is good first, what is hard last. */
export function insightsByKind<I extends Pick<Insight, "kind">>(
  insights: readonly I[],
): { kind: InsightKind; insights: readonly I[] }[] {
  return (["strength", "habit", "gap", "hotspot"] as const)
    .map((kind) => ({ kind, insights: insights.filter((insight) => insight.kind === kind) }))
    .filter((group) => group.insights.length > 0);
}

/** What the live page shows of this phase while the rest goes on. */
export function summarise(found: InsightsFound): {
  readonly counts: readonly { readonly label: string; readonly value: number }[];
  readonly highlights: readonly string[];
} {
  return {
    counts: [
      { label: "Insights", value: found.insights.length },
      { label: "Next steps", value: found.nextSteps.length },
      { label: "Concepts to learn", value: found.recommendations.length },
    ],
    highlights: found.nextSteps.map((step) => step.sentence),
  };
}
