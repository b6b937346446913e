import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Json } from "@/lib/platform/supabase/database.types";
import { validationSchema } from "../bloom/schemas";
import { settledVerdict } from "../bloom/settle-verdict";
import { countAnew } from "../mastery/count-anew";
import { readAttempts, readModel, readWaiting, settleResponse } from "../mastery/store";
import type { AppealDecision, Decided } from "./schemas";

/** The learner may answer something between reading their model and writing it. */
const ATTEMPTS = 3;

/**
 * An operator's word on an answer, once: the verdict, its reason, the learner's model counted anew with that answer at its place,
 * a notice to the learner and the record of who decided are one transaction.
 * @throws AppError `not_found`, `forbidden` (no operator, or it is their own), `conflict` (it was decided before)
 */
export async function decideAppeal(
  reviewerId: string,
  responseId: string,
  { decision, reason }: AppealDecision,
  now = new Date(),
): Promise<Decided> {
  const passed = decision === "upheld";
  for (let attempt = 1; ; attempt += 1) {
    const waiting = await readWaiting(reviewerId, responseId);
    if (!waiting)
      throw new AppError("not_found", "There is no such answer. It may have been deleted with its account.");
    if (waiting.userId === reviewerId)
      throw new AppError("forbidden", "This answer is your own: another operator has to decide about it.");
    if (waiting.standing !== "appealed" && waiting.standing !== "needs_review")
      throw new AppError(
        "conflict",
        waiting.standing === "final"
          ? "Nobody has appealed this verdict, so there is nothing to decide."
          : "Somebody has decided about this answer already, and that stays. Load the list again.",
      );
    // In this order: an answer that comes in between makes the version stale, and is not lost.
    const model = await readModel(waiting.userId);
    const attempts = await readAttempts(waiting.userId, responseId);
    const { state, changes } = countAnew(model.state, attempts, { id: responseId, passed, at: now.toISOString() });
    const verdict = validationSchema.loose().parse(waiting.validation);
    try {
      await settleResponse({
        reviewerId,
        responseId,
        overturned: passed,
        words: reason,
        validation: settledVerdict(verdict, passed, reason) as unknown as Json,
        model: { version: model.version, state },
        changes,
      });
      return {
        id: responseId,
        decision,
        changes: changes.map(({ concept, before, after, statusBefore, statusAfter, reason: why }) => ({
          concept,
          before,
          after,
          statusBefore,
          statusAfter,
          reason: why,
        })),
      };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "conflict" || attempt === ATTEMPTS) throw error;
    }
  }
}
