import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { readContent } from "../content/read-content";
import { activityFor, isOwnCodeGone } from "./activity";
import { contentOf, sessionOf, surroundingsOf } from "./content";
import { learningContext } from "./context";
import { goOnWithout } from "./go-on";
import { noSuchSession } from "./errors";
import { readLive } from "./live";
import { aimAtTrack } from "./path";
import type { ResumedSession, SessionList } from "./schemas";
import { checkSession, listAnswers, listSessions, readTurn, type SessionPosition, type Turn } from "./store";

/**
 * A session with all that a device needs to go on with it, or to show what it came to.
 * @throws AppError `not_found`: also when it is somebody else's
 */
export async function resumeSession(
  db: Db,
  userId: string,
  sessionId: string,
  now = new Date(),
): Promise<ResumedSession> {
  const [turn, answers, live, context] = await Promise.all([
    readTurnNow(userId, sessionId, now),
    listAnswers(db, sessionId),
    readLive(sessionId),
    learningContext(userId),
  ]);
  const { session, model } = turn;
  const pending = session.over ? null : session.pending;
  const { progress } = session;
  const draft = live.draft !== null && live.draft.activityId === pending?.activityId ? live.draft : null;
  const known = session.trackSlug !== null && readContent().some(({ slug }) => slug === session.trackSlug);
  const aimed = known ? aimAtTrack(session.trackSlug ?? "", session.lessonSlug) : null;
  return {
    session: sessionOf(session),
    content: pending && (await contentOf(userId, pending)),
    ...(aimed
      ? surroundingsOf({ aimed, learner: model.state, pending, progress, context, now })
      : { nextSteps: [], relatedTopics: [], estimatedCompletion: null }),
    answers,
    draft,
    metrics: {
      engagement: { activeSeconds: session.activeSeconds, runs: live.runs, hintsUsed: progress.hintsUsed },
      progress: { answered: progress.answered, passed: progress.passed, goal: progress.goal },
      errors: {
        runErrors: live.runErrors,
        failed: answers.filter(({ passed, standing }) => !passed && standing !== "needs_review").length,
      },
    },
  };
}

/** Its hour may have gone by without anybody to end it: whoever looks first does. */
async function readTurnNow(userId: string, sessionId: string, now: Date): Promise<Turn> {
  const turn = await readTurn(userId, sessionId, null);
  if (!turn) throw noSuchSession();
  if (!turn.session.over) {
    if (await isThere(userId, turn)) return turn;
    await goOnWithout(userId, turn, now);
  } else if (turn.session.status !== "active") return turn;
  else await checkSession(sessionId);
  return (await readTurn(userId, sessionId, null)) ?? turn;
}

/** Whether what the session shows still exists: exercises of own code go when their learner wants it. */
async function isThere(userId: string, { session: { pending } }: Turn): Promise<boolean> {
  if (!pending || pending.own.is === null) return true;
  try {
    await activityFor(userId, pending);
    return true;
  } catch (error) {
    if (isOwnCodeGone(error)) return false;
    throw error;
  }
}

/**
 * The caller's sessions, the newest first.
 * @throws AppError `invalid_request` for a cursor that is not one
 */
export async function pageOfSessions(db: Db, limit: number, cursor?: string): Promise<SessionList> {
  const found = await listSessions(db, limit + 1, cursor === undefined ? undefined : decodeCursor(cursor));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ session }) => sessionOf(session)),
    nextCursor: found.length > limit && last ? encodeCursor(last.position) : null,
  };
}

function encodeCursor({ startedAt, id }: SessionPosition): string {
  return Buffer.from(`${startedAt}|${id}`).toString("base64url");
}

const POSITION = /^(\d{4}-\d{2}-\d{2}[T ][\d:.]{8,15}(?:Z|[+-][\d:]{2,5}))\|([0-9a-f-]{36})$/;

function decodeCursor(cursor: string): SessionPosition {
  const match = POSITION.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  if (!match?.[1] || !match[2])
    throw new AppError("invalid_request", "This page cursor cannot be read. Start from the first page.", {
      issues: [{ path: "cursor", message: "This is not a cursor of ours." }],
    });
  return { startedAt: match[1], id: match[2] };
}
