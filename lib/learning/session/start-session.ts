import "server-only";
import { randomUUID } from "node:crypto";
import { AppError } from "@/lib/kernel/errors";
import type { Json } from "@/lib/platform/supabase/database.types";
import { metrics } from "@/lib/platform/telemetry/metrics";
import type { NoChoice } from "../mastery/choose-item";
import type { LearnerState } from "../mastery/schemas";
import { readItemShifts, readModel, readWaitingItems } from "../mastery/store";
import { pullsFor, recallPatterns } from "../patterns/recall";
import { chooseNext } from "./choose-next";
import { contentOf, sessionOf, surroundingsOf } from "./content";
import { contextOf } from "./context";
import { aimAt, itemsOf, pathOf } from "./path";
import { NEW_PROGRESS } from "./rules";
import type { StartedSession, StartRequest } from "./schemas";
import { insertSession } from "./store";

/**
 * Starts a session on the item that the engine chooses from what is believed of the learner. The session, its event, its
 * count and its message are one transaction.
 * @throws AppError `not_found`, `rule_broken` (no such topic, or nothing to do there now)
 */
export async function startSession(
  userId: string,
  request: StartRequest,
  traceparent: string | null,
  now = new Date(),
): Promise<StartedSession> {
  const aimed = aimAt(request);
  const [model, shifts, recalled, waiting] = await Promise.all([
    readModel(userId),
    readItemShifts(itemsOf(aimed)),
    recallPatterns(userId),
    readWaitingItems(userId),
  ]);
  const path = pathOf(aimed.concepts, shifts);
  const testOut = request.testOut === true ? { missed: 0 } : null;
  const seed = [randomUUID(), 0] as const;
  const pending = chooseNext({ learner: model.state, path, now, seed, waiting, testOut, pulls: pullsFor(recalled) });
  if ("item" in pending) throw nothingToDo(pending, model.state);
  const progress = { ...NEW_PROGRESS, activityId: pending.activityId, concept: pending.concept, testOut };
  const row = {
    topic: aimed.lesson?.title ?? aimed.track.title,
    track: aimed.track.slug,
    lesson: aimed.lesson?.slug ?? null,
  };
  const { id, version, startedAt } = await insertSession({
    userId,
    ...row,
    pending: pending as typeof pending & Record<string, Json>,
    progress,
    traceparent,
  });
  metrics().studied("session_started");
  const session = sessionOf({
    id,
    topic: row.topic,
    trackSlug: row.track,
    lessonSlug: row.lesson,
    status: "active",
    version,
    pending,
    progress,
    summary: null,
    startedAt,
    endedAt: null,
    activeSeconds: 0,
  });
  return {
    session,
    content: await contentOf(userId, pending),
    ...surroundingsOf({ aimed, learner: model.state, pending, progress, context: contextOf(recalled), now }),
  };
}

function nothingToDo({ reason }: NoChoice, { concepts }: LearnerState): AppError {
  const due = Object.values(concepts)
    .flatMap(({ review }) => (review ? [review.due] : []))
    .toSorted()[0];
  const next = due === undefined ? "" : ` The next review of yours is on ${due.slice(0, 10)}.`;
  return new AppError("rule_broken", `${reason.sentence}${next} Choose another track or lesson.`);
}
