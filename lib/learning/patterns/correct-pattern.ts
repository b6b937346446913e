import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { BelievedPattern, PatternCorrection } from "./schemas";
import { recallAnew } from "./recall";
import { correctPattern, forgetPattern, readPatternPage } from "./store";

/**
 * Writes down the learner's own word on a pattern.
 * @param correction null takes it back
 * @returns what is believed now; null when the word was all that was left of it
 * @throws AppError `not_found`, `rule_broken`
 */
export async function correctLearnerPattern(
  userId: string,
  patternId: string,
  correction: PatternCorrection | null,
  note: string,
): Promise<BelievedPattern | null> {
  await correctPattern(userId, patternId, correction, note);
  await recallAnew(userId);
  const [pattern] = await readPatternPage(userId, { id: patternId }, null, 1);
  return pattern ?? null;
}

/**
 * Deletes a pattern with all that was seen of it; the same commit and the same answers do not bring it back.
 * @throws AppError `not_found`
 */
export async function forgetLearnerPattern(userId: string, patternId: string): Promise<void> {
  if (!(await forgetPattern(userId, patternId)))
    throw new AppError("not_found", "There is no such pattern. It may have been deleted before.");
  await recallAnew(userId);
}
