import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { STANDINGS, type Standing } from "../bloom/rules";
import { validationSchema } from "../bloom/schemas";
import type { Exercise } from "../content/schemas";
import type { Attempt, LearnerState, MasteryChange } from "../mastery/schemas";
import { modelSchema, shiftSchema, written } from "../mastery/store";
import { choiceSchema, ownActivitySchema } from "../own-code/store";
import {
  believedChangeSchema,
  givenAnswerSchema,
  pendingSchema,
  progressSchema,
  sessionStatusSchema,
  summarySchema,
  toldSchema,
  type AnswerTold,
  type GivenAnswer,
} from "./schemas";

const time = z.coerce.date().transform((date) => date.toISOString());
const version = z.coerce.number().int();
const statusSchema = sessionStatusSchema;

const enrolledSchema = z.object({ enrolledAt: time, created: z.boolean() });
export type Enrolled = z.infer<typeof enrolledSchema>;

/** Enrols somebody in a track, or takes them back to one that they left. */
export async function enrol(userId: string, track: string): Promise<Enrolled> {
  return enrolledSchema.parse(await callTrusted("enrol_in_track", { p_user: userId, p_track: track }));
}

/** @returns whether they were enrolled; what they learned stays */
export async function leaveTrack(userId: string, track: string): Promise<boolean> {
  return z.boolean().parse(await callTrusted("leave_track", { p_user: userId, p_track: track }));
}

/** What a session shows and waits for, as it is written. */
export interface Pending {
  readonly activityId: string;
  readonly [more: string]: Json;
}

export interface SessionRow {
  readonly userId: string;
  readonly topic: string;
  readonly track: string | null;
  readonly lesson: string | null;
  readonly pending: Pending | null;
  readonly progress: Readonly<Record<string, Json>>;
  readonly traceparent: string | null;
}

const startedSchema = z.object({ id: z.uuid(), version, startedAt: time });
export type StartedSession = z.infer<typeof startedSchema>;

/** Opens a session on its first item, with its event, its count and its message, or leaves nothing. */
export async function insertSession(row: SessionRow): Promise<StartedSession> {
  return startedSchema.parse(
    await callTrusted("start_learning_session", {
      p_user: row.userId,
      p_topic: row.topic,
      p_track: row.track ?? "",
      p_lesson: row.lesson ?? "",
      p_pending: row.pending,
      p_progress: row.progress,
      p_traceparent: row.traceparent ?? "",
    }),
  );
}

/** Notes that a device is there. SQL refuses with not_found or learning_session_ended. */
export async function touchSession(userId: string, sessionId: string): Promise<void> {
  await callTrusted("touch_learning_session", { p_user: userId, p_session: sessionId });
}

/**
 * Keeps where a device is. SQL refuses with conflict when the session went on elsewhere.
 * @returns the version after it
 */
export async function keepCheckpoint(
  userId: string,
  sessionId: string,
  known: number,
  pending: Pending | null,
  progress: Readonly<Record<string, Json>>,
): Promise<number> {
  const kept = z.object({ version }).parse(
    await callTrusted("checkpoint_learning_session", {
      p_user: userId,
      p_session: sessionId,
      p_version: known,
      p_pending: pending,
      p_progress: progress,
    }),
  );
  return kept.version;
}

const endedSchema = z.object({ status: statusSchema, version, endedAt: time });
export type EndedSession = z.infer<typeof endedSchema>;

/** Ends a session; ending one that is over changes nothing. */
export async function endSession(
  userId: string,
  sessionId: string,
  end: { readonly completed: boolean; readonly summary: Json; readonly traceparent: string | null },
): Promise<EndedSession> {
  return endedSchema.parse(
    await callTrusted("end_learning_session", {
      p_user: userId,
      p_session: sessionId,
      p_completed: end.completed,
      p_summary: end.summary,
      p_traceparent: end.traceparent ?? "",
    }),
  );
}

const checkedSchema = z.object({ status: statusSchema, told: z.boolean() });
export type CheckedSession = z.infer<typeof checkedSchema>;

/** Ends a session that is an hour old, tells once of one that has been silent for five minutes. */
export async function checkSession(sessionId: string): Promise<CheckedSession | null> {
  return checkedSchema.nullable().parse(await callTrusted("check_learning_session", { p_session: sessionId }));
}

/** Ends sessions of an hour whose durable check never came. @returns how many */
export async function expireSessions(limit: number): Promise<number> {
  return z.number().parse(await callTrusted("expire_learning_sessions", { p_limit: limit }));
}

const recordSchema = z.object({
  id: z.uuid(),
  topic: z.string(),
  trackSlug: z.string().nullable(),
  lessonSlug: z.string().nullable(),
  status: statusSchema,
  version,
  // Sessions of before the service have other forms of it, and nothing to go on with.
  pending: pendingSchema.nullable().catch(null),
  progress: progressSchema.catch(() => progressSchema.parse({})),
  summary: summarySchema.nullable().catch(null),
  startedAt: time,
  endedAt: time.nullable(),
  activeSeconds: z.number().int(),
});
/** A session as it is kept. */
export type SessionRecord = z.infer<typeof recordSchema>;

const turnSchema = z.object({
  session: recordSchema.extend({ over: z.boolean() }),
  model: modelSchema,
  known: z
    .object({
      id: z.uuid(),
      activityId: z.uuid(),
      validation: validationSchema.loose().extend({
        told: toldSchema.optional(),
        /** While it waits: whom a model that decided nothing left it to. */
        waitsFor: z.enum(["person", "model"]).optional(),
      }),
      standing: z.enum(STANDINGS),
      change: believedChangeSchema.nullable(),
    })
    .nullable(),
  recent: z.array(z.object({ passed: z.boolean(), standing: z.enum(STANDINGS), level: z.string().nullable() })),
});
/** All that a verb has to know of a session. */
export type Turn = z.infer<typeof turnSchema>;

const answeringTurnSchema = turnSchema.extend({
  shifts: z.array(shiftSchema),
  choices: z.array(choiceSchema),
  /** What is shown, where it is of the learner's own code; null when that is gone. */
  activity: ownActivitySchema.nullable(),
});
/** All that taking an answer has to know. */
export type AnsweringTurn = z.infer<typeof answeringTurnSchema>;

/**
 * {@link readTurn} with what else an answer needs, in one call.
 * @param around the items whose difficulty is asked for, and the concepts at which something of the learner's own code may come
 */
export async function readAnsweringTurn(
  userId: string,
  sessionId: string,
  responseId: string,
  around: { readonly items: readonly string[]; readonly concepts: readonly string[] },
): Promise<AnsweringTurn | null> {
  return answeringTurnSchema.nullable().parse(
    await callTrusted("read_answering_turn", {
      p_user: userId,
      p_session: sessionId,
      p_response: responseId,
      p_items: [...around.items],
      p_concepts: [...around.concepts],
    }),
  );
}

/**
 * @param responseId an answer that the session may have
 * @returns null when the learner has no such session
 */
export async function readTurn(userId: string, sessionId: string, responseId: string | null): Promise<Turn | null> {
  return turnSchema.nullable().parse(
    await callTrusted("read_learning_turn", {
      p_user: userId,
      p_session: sessionId,
      // SQL takes null where there is none; the generated type does not know.
      p_response: responseId as string,
    }),
  );
}

export interface ResponseRow {
  readonly userId: string;
  readonly sessionId: string;
  /** The session's version that the device knows. */
  readonly version: number;
  readonly attempt: Attempt;
  readonly answer: Json;
  readonly standing: Extract<Standing, "final" | "needs_review">;
  readonly validation: Json;
  /** The model that was read, and what the answer makes of it: the same while a review is awaited. */
  readonly model: { readonly version: number; readonly state: LearnerState };
  readonly changes: readonly MasteryChange[];
  /** Null for an item of the learner's own code. */
  readonly itemShift: number | null;
  /** What the session shows next. Null: nothing is left, and the session is completed with this answer. */
  readonly pending: Json;
  readonly progress: Readonly<Record<string, Json>>;
  /** Added to the summary where the session is completed. */
  readonly summary?: Json;
  /** Kept for the session, which shows it next. */
  readonly question?: Exercise | null;
  readonly traceparent: string | null;
}

const recordedSchema = z.object({
  responseId: z.uuid(),
  version,
  modelVersion: version,
  repeated: z.boolean(),
  /** What is shown next, where it is of the learner's own code; null when that is gone. */
  activity: ownActivitySchema.nullish(),
  /** The session as it is now, where the answer was taken before, or the session has ended with it. */
  turn: turnSchema.optional(),
});
export type RecordedResponse = z.infer<typeof recordedSchema>;

/**
 * Writes an answer with all that comes of it, in one transaction. SQL refuses with not_found, learning_session_ended, and
 * conflict: the session or the model went on since they were read.
 */
export async function takeAnswer(row: ResponseRow): Promise<RecordedResponse> {
  const { id, passed, hintsUsed, ...kept } = row.attempt;
  const args = {
    p_user: row.userId,
    p_session: row.sessionId,
    p_version: row.version,
    p_response: {
      id,
      activityId: kept.facts.item,
      concept: kept.aim.concept,
      answer: row.answer,
      hintsUsed,
      passed,
      standing: row.standing,
      validation: row.validation,
      attempt: kept,
    },
    p_model: written(row.model.version, row.model.state, [kept.aim.concept]),
    p_changes: row.changes as unknown as Json,
    p_shift: row.itemShift as number,
    p_progress: row.progress,
    p_traceparent: row.traceparent ?? "",
  };
  return recordedSchema.parse(
    await callTrusted("take_learning_answer", {
      ...args,
      p_pending: row.pending,
      p_summary: row.summary ?? null,
      p_question: (row.question ?? null) as unknown as Json,
    }),
  );
}

/**
 * Gives the hint after those seen, once for all devices. SQL refuses with conflict, learning_session_ended, not_found and
 * rule_broken (there are no more).
 */
export async function takeHint(
  userId: string,
  sessionId: string,
  hint: { readonly activityId: string; readonly seen: number; readonly most: number },
): Promise<{ readonly hints: number; readonly version: number }> {
  return z.object({ hints: z.number().int(), version }).parse(
    await callTrusted("give_learning_hint", {
      p_user: userId,
      p_session: sessionId,
      p_activity: hint.activityId,
      p_seen: hint.seen,
      p_most: hint.most,
    }),
  );
}

/** The session's answers, in their order, as far as the caller may see them. */
export async function listAnswers(db: Db, sessionId: string): Promise<GivenAnswer[]> {
  const rows = unwrap(
    await db
      .from("learning_responses")
      .select("id,activity_id,concept,passed,standing,hints_used,validation,answered_at")
      .eq("session_id", sessionId)
      .order("model_version"),
  );
  return (rows ?? []).map((row) => {
    const verdict = validationSchema
      .pick({ score: true, level: true, feedback: true })
      .strip()
      .safeParse(row.validation);
    return givenAnswerSchema.parse({
      id: row.id,
      activityId: row.activity_id,
      concept: row.concept,
      passed: row.passed,
      standing: row.standing,
      hintsUsed: row.hints_used,
      score: verdict.data?.score ?? null,
      level: verdict.data?.level ?? null,
      feedback: verdict.data?.feedback ?? null,
      answeredAt: time.parse(row.answered_at),
    });
  });
}

export interface SessionPosition {
  readonly startedAt: string;
  readonly id: string;
}

/** The caller's sessions, the newest first. */
export async function listSessions(
  db: Db,
  limit: number,
  before?: SessionPosition,
): Promise<{ readonly session: SessionRecord; readonly position: SessionPosition }[]> {
  let query = db
    .from("learning_sessions")
    .select(
      "id,topic,trackSlug:track_slug,lessonSlug:lesson_slug,status,version,pending,progress,summary,startedAt:started_at,endedAt:ended_at,activeSeconds:active_seconds",
    )
    .order("started_at", { ascending: false })
    .order("id", { ascending: false })
    .limit(limit);
  if (before)
    query = query.or(`started_at.lt."${before.startedAt}",and(started_at.eq."${before.startedAt}",id.lt.${before.id})`);
  return (unwrap(await query) ?? []).map((row) => ({
    session: recordSchema.parse(row),
    // To the microsecond, as the database compares it.
    position: { startedAt: row.startedAt, id: row.id },
  }));
}

/** What an answer moved at its concept once somebody had decided about it, as far as the caller may see it; null when nothing did. */
export async function readMovedAnew(db: Db, responseId: string, concept: string): Promise<AnswerTold["change"]> {
  const row = unwrap(
    await db
      .from("mastery_changes")
      .select("concept,chance_before,chance_after,status_before,status_after,reason_code,reason,gate")
      .eq("response_id", responseId)
      .eq("concept", concept)
      .eq("reason_code", "counted_anew")
      .order("model_version", { ascending: false })
      .limit(1)
      .maybeSingle(),
  );
  return (
    row &&
    believedChangeSchema.parse({
      concept: row.concept,
      before: row.chance_before,
      after: row.chance_after,
      statusBefore: row.status_before,
      statusAfter: row.status_after,
      reason: { code: row.reason_code, sentence: row.reason },
      gate: row.gate,
    })
  );
}
