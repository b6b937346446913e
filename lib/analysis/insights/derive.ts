import { recommend } from "../recommendations/recommend";
import { COMPLEXITY_RULES } from "./complexity";
import { establishFacts } from "./facts";
import type { CatalogueView, InsightInput } from "./input";
import { LANGUAGE_RULES } from "./languages";
import { PATTERN_RULES } from "./patterns";
import { DOCUMENTATION_RULES, TEST_RULES } from "./quality";
import { asEvidence, type Draft, type Rule } from "./rule";
import { MAX_EVIDENCE, MAX_NEXT_STEPS, type Insight, type InsightsFound, type NextStep } from "./schemas";
import { SECURITY_RULES } from "./security";

/** Every rule there is; each carries its reason and where its threshold comes from. */
export const RULES: readonly Rule[] = [
  ...LANGUAGE_RULES,
  ...PATTERN_RULES,
  ...COMPLEXITY_RULES,
  ...TEST_RULES,
  ...DOCUMENTATION_RULES,
  ...SECURITY_RULES,
];

/** The most that one kind shows: beyond that nobody reads on, and the findings have pages of their own. */
const MAX_OF_A_KIND = 8;
const KINDS = ["strength", "habit", "gap", "hotspot"] as const;

interface Said {
  readonly insight: Insight;
  readonly draft: Draft;
}

/**
 * What can be said about the code, from what the other phases found: the same for the same input, in whatever order
 * its lists come. Each sentence has at least one place and the id of the rule that made it; none comes twice.
 */
export function deriveInsights(input: InsightInput, catalogue: CatalogueView): InsightsFound {
  const facts = establishFacts(input, catalogue);
  const sentences = new Set<string>();
  const said = RULES.flatMap((rule) =>
    rule.look(facts).flatMap((draft): Said[] => {
      const insight = asInsight(rule, draft);
      if (!insight || sentences.has(insight.sentence)) return [];
      sentences.add(insight.sentence);
      return [{ insight, draft }];
    }),
  );
  return {
    insights: KINDS.flatMap((kind) =>
      said
        .map(({ insight }) => insight)
        .filter((insight) => insight.kind === kind)
        .toSorted(byWeight)
        .slice(0, MAX_OF_A_KIND),
    ),
    nextSteps: nextSteps(said),
    recommendations: recommend(input, catalogue),
    rulesTried: RULES.length,
  };
}

function asInsight(rule: Rule, draft: Draft): Insight | null {
  const evidence = asEvidence(draft.places);
  if (evidence.length === 0) return null;
  return {
    ruleId: rule.id,
    kind: rule.kind,
    topic: rule.topic,
    sentence: draft.sentence,
    reason: rule.reason,
    weight: draft.weight,
    evidence: evidence.slice(0, MAX_EVIDENCE),
    total: Math.max(draft.total ?? 0, evidence.length),
  };
}

function byWeight(one: Insight, other: Insight): number {
  return (
    other.weight - one.weight ||
    (one.ruleId < other.ruleId ? -1 : one.ruleId > other.ruleId ? 1 : one.sentence < other.sentence ? -1 : 1)
  );
}

/** The most urgent steps, one of each topic before a second of one: three chores of a kind are no plan. */
function nextSteps(said: readonly Said[]): NextStep[] {
  const steps = said
    .flatMap(({ insight, draft: { step } }) =>
      step
        ? [
            {
              urgency: step.urgency,
              step: {
                ruleId: insight.ruleId,
                topic: insight.topic,
                sentence: step.sentence,
                reason: step.reason,
                concept: step.concept ?? null,
                evidence: insight.evidence,
                total: insight.total,
              },
            },
          ]
        : [],
    )
    .toSorted((one, other) => other.urgency - one.urgency || (one.step.sentence < other.step.sentence ? -1 : 1));
  const ordered = [
    ...steps.filter((each, index) => steps.findIndex((other) => other.step.topic === each.step.topic) === index),
    ...steps.filter((each, index) => steps.findIndex((other) => other.step.topic === each.step.topic) !== index),
  ].map(({ step }) => step);
  return ordered
    .filter((step, index) => ordered.findIndex((other) => other.sentence === step.sentence) === index)
    .slice(0, MAX_NEXT_STEPS);
}
