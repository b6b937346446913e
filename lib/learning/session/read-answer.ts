import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { viewOf } from "../content/rules";
import { activityOf } from "./path";
import type { AnswerTold } from "./schemas";
import { readGiven, readTurn } from "./store";

/**
 * What was told of an answer when it was given, and what has come of it since.
 * @throws AppError `not_found`: also when it is somebody else's
 */
export async function readAnswer(db: Db, userId: string, sessionId: string, responseId: string): Promise<AnswerTold> {
  const [turn, given] = await Promise.all([readTurn(userId, sessionId, responseId), readGiven(db, responseId)]);
  if (!turn?.known) throw new AppError("not_found", "There is no such answer.");
  const { id, activityId, standing, change, validation: kept } = turn.known;
  const { told, passed, score, level, nextLevel, criteria, feedback, step } = kept;
  const { concept, exercise } = activityOf(activityId);
  const { kind, language, options, reasons, code } = viewOf(exercise);
  return {
    responseId: id,
    title: exercise.title,
    exercise: { kind, language, options, reasons, code },
    given,
    concept: { slug: concept.slug, title: concept.title },
    validation: { passed, score, level, nextLevel, criteria, feedback, step },
    standing,
    misconception: told?.misconception ?? null,
    run: told?.run ?? null,
    explanation: passed ? exercise.explanation : null,
    change,
    nextReviewAt: turn.model.state.concepts[concept.slug]?.review?.due ?? null,
    sessionOver: turn.session.over,
  };
}
