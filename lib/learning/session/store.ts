import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";

const time = z.coerce.date().transform((date) => date.toISOString());
const version = z.coerce.number().int();
const statusSchema = z.enum(["active", "completed", "left", "expired"]);

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

/** What a session shows and waits for. */
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
