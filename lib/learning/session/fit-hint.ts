import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { AnsweredBy, AskOptions } from "@/lib/platform/ai/task";
import { writeHint, type HintSentence } from "@/lib/platform/ai/write-hint";
import { viewOf } from "../content/rules";
import type { Answer } from "../content/schemas";
import { activityFor } from "./activity";
import { solutionOf, wordsOf } from "./answer-words";
import { noSuchSession, sessionEnded, sessionWentOn } from "./errors";
import { readTurn } from "./store";

/** A hint that was given, in words that fit what the learner has so far. */
export interface FittedHint {
  readonly text: string;
  readonly by: AnsweredBy;
}

/**
 * Makes ready to say a hint that was given so that it fits what the learner has written; the function that it answers with does
 * so. The task, the hint and their work go to a model if they allow it; in every other case it stays the author's own. It never
 * counts as another hint.
 * @param asked its `number` is the hint's, from 1: one that was not given is not told
 * @throws AppError `not_found`, `learning_session_ended`, `conflict` (another task is shown), `rule_broken` (not given yet)
 */
export async function hintToFit(
  userId: string,
  sessionId: string,
  asked: { readonly activityId: string; readonly number: number; readonly answer?: Answer | undefined },
): Promise<(options?: AskOptions<HintSentence>) => Promise<FittedHint>> {
  const turn = await readTurn(userId, sessionId, null);
  if (!turn) throw noSuchSession();
  const { session } = turn;
  if (session.over) throw sessionEnded();
  if (session.pending?.activityId !== asked.activityId) throw sessionWentOn();
  const { exercise, origin } = await activityFor(userId, session.pending);
  const authored = exercise.hints[asked.number - 1];
  if (asked.number > session.pending.hints || authored === undefined)
    throw new AppError("rule_broken", "This hint has not been given yet. Ask for it first.");
  // Made of the learner's own repository, which may be private: its code goes nowhere.
  if (origin !== null) return async () => ({ text: authored, by: { kind: "rules", because: "not_allowed" } });
  const { code, answers } = solutionOf(exercise);
  return async (options) => {
    const said = await writeHint(
      userId,
      {
        prompt: exercise.prompt,
        stub: viewOf(exercise).code ?? "",
        hints: exercise.hints,
        given: asked.number - 1,
        submission: asked.answer ? wordsOf(exercise, asked.answer) : "",
        solution: code,
        answers,
      },
      options,
    );
    return { text: said?.value ?? authored, by: said?.by ?? { kind: "rules", because: "refused" } };
  };
}
