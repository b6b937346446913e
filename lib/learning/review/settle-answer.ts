import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Validation } from "../bloom/schemas";
import { countAnew } from "../mastery/count-anew";
import type { MasteryChange } from "../mastery/schemas";
import { readAttempts, readModel, type Settlement } from "../mastery/store";
import type { Json } from "@/lib/platform/supabase/database.types";

/** The learner may answer something between reading their model and writing it. */
const ATTEMPTS = 3;

/** An answer that somebody decides about, as it stands now. */
export interface Deciding {
  readonly userId: string;
  /** The verdict as it reads from now on. */
  readonly verdict: Validation;
  /** Why; the learner reads it. */
  readonly words: string;
  readonly by: "person" | "model";
}

/**
 * Settles an answer, once, whoever decides about it: the verdict, its reason, the learner's model counted anew with that answer at its
 * place, the message and the notice to the learner, and the record of who decided are one transaction.
 * @param look reads the answer anew for each attempt and says what is decided; null: nothing is, any more
 * @param write the one transaction
 * @returns what is believed otherwise since; null when nothing was decided
 * @throws AppError what `look` and `write` refuse with
 */
export async function settleAnswer(
  responseId: string,
  now: Date,
  look: () => Promise<Deciding | null>,
  write: (settlement: Settlement) => Promise<void>,
): Promise<readonly MasteryChange[] | null> {
  for (let attempt = 1; ; attempt += 1) {
    const deciding = await look();
    if (!deciding) return null;
    const { userId, verdict, words, by } = deciding;
    // In this order: an answer that comes in between makes the version stale, and is not lost.
    const model = await readModel(userId);
    const attempts = await readAttempts(userId, responseId);
    const { passed } = verdict;
    const { state, changes } = countAnew(model.state, attempts, { id: responseId, passed, at: now.toISOString(), by });
    try {
      await write({
        responseId,
        passed,
        words,
        validation: verdict as unknown as Json,
        model: { version: model.version, state },
        changes,
      });
      return changes;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "conflict" || attempt === ATTEMPTS) throw error;
    }
  }
}
