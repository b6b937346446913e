import type { Insight } from "../insights/schemas";
import type { NotReworded, Reworded } from "./schemas";

/** An insight as it is shown; `own` is the rule's sentence, when another stands in its place. */
export type ShownInsight = Insight & { readonly own?: string };

/** Insights in a wording's words and order; what it does not speak of keeps its own and follows. */
export function inWords(insights: readonly Insight[], items: readonly Reworded[]): ShownInsight[] {
  const named = items.flatMap(({ insight: at, sentence }): ShownInsight[] => {
    const insight = insights[at];
    if (!insight) return [];
    return [sentence === null ? insight : { ...insight, sentence, own: insight.sentence }];
  });
  return [...named, ...insights.filter((_, at) => items.every(({ insight }) => insight !== at))];
}

/** What people read when they asked for other words and there are none. */
export const NOT_REWORDED: Readonly<Record<NotReworded, string>> = {
  no_key: "This server has no key of a model, so nothing was sent. The insights stay in the rules’ own words.",
  not_allowed: "You do not allow it, so nothing was sent. The insights stay in the rules’ own words.",
  over_budget:
    "What models may cost in a day is used up, so nothing was sent. The insights stay in the rules’ own words; try again tomorrow.",
  unavailable:
    "We could not reach a model, several times in a row. The insights stay in the rules’ own words; try again in a few minutes.",
  refused:
    "A model answered, and what it said does not hold to the evidence, so it is not shown. The insights stay in the rules’ own words.",
  too_long: "These insights are too long to be sent. They stay in the rules’ own words.",
};
