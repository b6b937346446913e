import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { activityOf } from "./path";
import type { AnswerTold } from "./schemas";
import { readTurn } from "./store";

/**
 * What was told of an answer when it was given, and what has come of it since.
 * @throws AppError `not_found`: also when it is somebody else's
 */
export async function readAnswer(userId: string, sessionId: string, responseId: string): Promise<AnswerTold> {
  const turn = await readTurn(userId, sessionId, responseId);
  if (!turn?.known) throw new AppError("not_found", "There is no such answer.");
  const { id, activityId, standing, change, validation: kept } = turn.known;
  const { told, passed, score, level, nextLevel, criteria, feedback, step } = kept;
  const { concept, exercise } = activityOf(activityId);
  return {
    responseId: id,
    title: exercise.title,
    concept: { slug: concept.slug, title: concept.title },
    validation: { passed, score, level, nextLevel, criteria, feedback, step },
    standing,
    misconception: told?.misconception ?? null,
    run: told?.run ?? null,
    explanation: passed ? exercise.explanation : null,
    change,
    sessionOver: turn.session.over,
  };
}
