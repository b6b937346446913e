import { analysisCompletedSchema } from "@/lib/analysis/events";
import { evidenceOf } from "@/lib/analysis/patterns/evidence";
import { readAnalysisPatterns } from "@/lib/analysis/patterns/store";
import { AppError } from "@/lib/kernel/errors";
import { recallAnew } from "@/lib/learning/patterns/recall";
import { rememberPatterns } from "@/lib/learning/patterns/store";
import { inngest } from "../client";

/**
 * `analysis/completed` → the memory of patterns of everyone who asked, those too who were answered from the cache. One
 * step a person, so that a failure repeats nobody else's; the same analysis again replaces what it said before.
 */
export const rememberPatternsFunction = inngest.createFunction(
  {
    id: "remember-patterns",
    name: "Remember the patterns of an analysis",
    triggers: [{ event: "analysis/completed" }],
    retries: 4,
    concurrency: [{ limit: 4 }],
  },
  async ({ event, step }) => {
    const { analysisId, userIds } = analysisCompletedSchema.parse(event.data);
    let remembered = 0;
    for (const userId of userIds)
      remembered += await step.run(`remember-${userId}`, () => rememberAnalysis(analysisId, userId));
    return { analysisId, remembered };
  },
);

/** @returns how many patterns it spoke of: none when the analysis or the account is gone meanwhile */
async function rememberAnalysis(analysisId: string, userId: string): Promise<number> {
  const shown = await readAnalysisPatterns(analysisId);
  if (!shown?.patterns) return 0;
  const { repoUrl, commit } = shown;
  try {
    const source = { kind: "repository", analysisId, repoUrl, commit } as const;
    const remembered = await rememberPatterns(userId, source, evidenceOf(shown.patterns));
    await recallAnew(userId);
    return remembered;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return 0;
    throw error;
  }
}
