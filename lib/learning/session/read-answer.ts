import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { readContent } from "../content/read-content";
import { viewOf } from "../content/rules";
import { answeredActivity, explanationOf } from "./activity";
import type { AnswerTold } from "./schemas";
import { modelsFor } from "./allowed-models";
import { readGiven } from "../mastery/store";
import { readMovedAnew, readTurn } from "./store";

/**
 * What was told of an answer when it was given, and what has come of it since. It is told also when the exercise is gone.
 * @throws AppError `not_found`: also when it is somebody else's
 */
export async function readAnswer(db: Db, userId: string, sessionId: string, responseId: string): Promise<AnswerTold> {
  const [turn, given] = await Promise.all([readTurn(userId, sessionId, responseId), readGiven(db, responseId)]);
  if (!turn?.known || !given) throw new AppError("not_found", "There is no such answer.");
  const { id, activityId, standing, change, validation: kept } = turn.known;
  const { told, waitsFor, passed, score, level, nextLevel, criteria, feedback, step } = kept;
  const asksModel = standing === "needs_review" && given.answer?.kind === "argued" && waitsFor !== "person";
  const activity = await answeredActivity(userId, activityId);
  const { concept } = given;
  const lesson = readContent()
    .flatMap(({ concepts }) => concepts)
    .find(({ slug }) => slug === concept);
  return {
    responseId: id,
    title: activity?.exercise.title ?? "A task that is not kept any more",
    exercise: activity && viewOf(activity.exercise),
    origin: activity?.origin ?? null,
    given: given.answer,
    concept: { slug: concept, title: lesson?.title ?? concept },
    validation: { passed, score, level, nextLevel, criteria, feedback, step },
    standing,
    misconception: told?.misconception ?? null,
    run: told?.run ?? null,
    remarks: told?.remarks ?? [],
    explanation: explanationOf(activity, passed),
    // Of one that somebody decided about: what that moved, at its place among all answers.
    change: step.code === "settled" ? ((await readMovedAnew(db, id, concept)) ?? change) : change,
    nextReviewAt: turn.model.state.concepts[concept]?.review?.due ?? null,
    grader: asksModel ? (await modelsFor(userId)).grading : null,
    sessionOver: turn.session.over,
  };
}
