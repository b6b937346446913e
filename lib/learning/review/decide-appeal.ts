import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { validationSchema } from "../bloom/schemas";
import { settledVerdict } from "../bloom/settle-verdict";
import { readWaiting, settleResponse } from "../mastery/store";
import type { AppealDecision, Decided } from "./schemas";
import { settleAnswer, type Deciding } from "./settle-answer";

/**
 * An operator's word on an answer, once, by {@link settleAnswer}.
 * @throws AppError `not_found`, `forbidden` (no operator, or it is their own), `conflict` (it was decided before)
 */
export async function decideAppeal(
  reviewerId: string,
  responseId: string,
  { decision, reason }: AppealDecision,
  now = new Date(),
): Promise<Decided> {
  const passed = decision === "upheld";
  const look = async (): Promise<Deciding> => {
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
    const verdict = settledVerdict(validationSchema.loose().parse(waiting.validation), passed, reason);
    return { userId: waiting.userId, verdict, words: reason, by: "person" };
  };
  const changes = await settleAnswer(responseId, now, look, (settlement) => settleResponse(reviewerId, settlement));
  return {
    id: responseId,
    decision,
    changes: (changes ?? []).map(({ concept, before, after, statusBefore, statusAfter, reason: why }) => ({
      concept,
      before,
      after,
      statusBefore,
      statusAfter,
      reason: why,
    })),
  };
}
