import "server-only";
import { recallPatterns, type Recalled } from "../patterns/recall";

/** What is known of a learner that no decision rests on. */
export interface LearningContext {
  /** Concepts that were seen in the learner's own code or answers, the most frequent first. */
  readonly seen: readonly { readonly concept: string; readonly count: number }[];
}

export async function learningContext(userId: string): Promise<LearningContext> {
  return contextOf(await recallPatterns(userId));
}

export function contextOf({ patterns }: Recalled): LearningContext {
  const counts = new Map<string, number>();
  for (const { concept, good, missed, kind, correction } of patterns)
    if (kind !== "misconception" && correction !== "not_mine")
      counts.set(concept, (counts.get(concept) ?? 0) + good + missed);
  const seen = [...counts].map(([concept, count]) => ({ concept, count }));
  return { seen: seen.filter(({ count }) => count > 0).toSorted((one, other) => other.count - one.count) };
}
