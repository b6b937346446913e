import "server-only";
import { z } from "zod";
import { appCache } from "@/lib/platform/cache/app-cache";
import { readPatterns } from "../patterns/store";

const contextSchema = z.object({
  /** Concepts that were seen in the learner's own code or answers, the most frequent first. */
  seen: z.array(z.object({ concept: z.string(), count: z.number().int() })),
});
/** What is known of a learner that no decision rests on: it may be five minutes old. */
export type LearningContext = z.infer<typeof contextSchema>;

export async function learningContext(userId: string): Promise<LearningContext> {
  const { value } = await appCache().getOrLoad({
    cache: "learning-context",
    key: userId,
    schema: contextSchema,
    load: async () => {
      const counts = new Map<string, number>();
      for (const { concept, count, kind, correction } of await readPatterns(userId))
        if (kind !== "misconception" && correction !== "not_mine")
          counts.set(concept, (counts.get(concept) ?? 0) + count);
      const seen = [...counts].map(([concept, count]) => ({ concept, count }));
      return { seen: seen.filter(({ count }) => count > 0).toSorted((one, other) => other.count - one.count) };
    },
  });
  return value;
}
