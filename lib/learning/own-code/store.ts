import "server-only";
import { z } from "zod";
import { BLOOM_LEVELS } from "../bloom/schemas";
import { exerciseSchema, type Exercise } from "../content/schemas";
import type { Json } from "@/lib/platform/supabase/database.types";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { originSchema, ownFunctionSchema, type OwnFunction } from "./schemas";

const time = z.coerce.date().transform((date) => date.toISOString());

/** Writes down that somebody allows it, under the wording that they read. @returns how many repositories are read for it now */
export async function writeConsent(userId: string, wording: number, traceparent: string | null): Promise<number> {
  return z.number().parse(
    await callTrusted("give_own_code_consent", {
      p_user: userId,
      p_wording: wording,
      p_traceparent: traceparent ?? "",
    }),
  );
}

/** Takes it back, and all that was kept with it. */
export async function takeConsentBack(userId: string): Promise<void> {
  await callTrusted("withdraw_own_code_consent", { p_user: userId });
}

/** The caller's word as it stands; null where there is none. */
export async function readConsent(db: Db): Promise<{ readonly wording: number; readonly givenAt: string } | null> {
  const row = unwrap(
    await db.from("own_code_consents").select("wording,given_at").is("withdrawn_at", null).maybeSingle(),
  );
  return row && { wording: row.wording, givenAt: time.parse(row.given_at) };
}

/** What was made of one of the caller's analyses, or is being made. */
export async function readRun(db: Db, analysisId: string) {
  const row = unwrap(
    await db
      .from("own_code_runs")
      .select("status,found,tried,used,refused,because,asked_at,finished_at")
      .eq("analysis_id", analysisId)
      .maybeSingle(),
  );
  return (
    row && {
      status: z.enum(["asked", "running", "done", "failed"]).parse(row.status),
      functions: { found: row.found, tried: row.tried, used: row.used },
      refused: row.refused,
      because: row.because,
      askedAt: time.parse(row.asked_at),
      finishedAt: time.nullable().parse(row.finished_at),
    }
  );
}

/** The exercises that are kept of one of the caller's analyses, by place. */
export async function listItems(db: Db, analysisId: string) {
  const rows = unwrap(
    await db
      .from("own_code_items")
      .select("id,about,concepts,bloom,name,path,line,end_line")
      .eq("analysis_id", analysisId)
      .order("path")
      .order("line")
      .order("about"),
  );
  return (rows ?? []).map(({ end_line: endLine, ...row }) => ({ ...row, endLine }));
}

/** Begins the work for everyone of these who allows it. @returns for how many */
export async function askOwnCode(
  analysisId: string,
  userIds: readonly string[],
  traceparent: string | null,
): Promise<number> {
  return z.number().parse(
    await callTrusted("ask_own_code", {
      p_analysis: analysisId,
      p_users: [...userIds],
      p_traceparent: traceparent ?? "",
    }),
  );
}

const jobSchema = z.object({
  userId: z.uuid(),
  analysisId: z.uuid(),
  status: z.enum(["asked", "running"]),
  repoUrl: z.string(),
  ref: z.string(),
  commit: z.string(),
  privateTo: z.uuid().nullable(),
  /** Exercises that are kept of the analysis already. */
  items: z.number().int(),
});

/** @returns null when the run is over, or its learner does not want it any more */
export async function readJob(runId: string) {
  return jobSchema.nullable().parse(await callTrusted("read_own_code_run", { p_run: runId }));
}

/** Keeps functions until they were tried. @returns how many wait; null when the run is over */
export async function keepFunctions(
  runId: string,
  functions: readonly OwnFunction[],
  found: number,
): Promise<number | null> {
  return z
    .number()
    .nullable()
    .parse(
      await callTrusted("keep_own_code_functions", {
        p_run: runId,
        p_functions: functions as unknown as Json,
        p_found: found,
      }),
    );
}

const waitingSchema = z.array(z.object({ position: z.number().int(), function: ownFunctionSchema }));

/** The next functions to try. */
export async function nextFunctions(runId: string, limit: number) {
  return waitingSchema.parse(await callTrusted("next_own_code_functions", { p_run: runId, p_limit: limit }));
}

export interface KeptItem {
  readonly id: string;
  readonly about: string;
  readonly concepts: readonly string[];
  readonly bloom: string;
  readonly difficulty: number;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly snippet: string;
  readonly exercise: Exercise;
}

/** Keeps what functions gave and forgets the functions. @returns how many wait; null when the run is over */
export async function keepItems(
  runId: string,
  of: {
    readonly positions: readonly number[];
    readonly items: readonly KeptItem[];
    readonly used: number;
    readonly refused: number;
  },
): Promise<number | null> {
  return z
    .number()
    .nullable()
    .parse(
      await callTrusted("keep_own_code_items", {
        p_run: runId,
        p_positions: [...of.positions],
        p_items: of.items as unknown as Json,
        p_used: of.used,
        p_refused: of.refused,
      }),
    );
}

/** Ends a run. @returns how many exercises it made; null when it was over */
export async function finishRun(runId: string, because: string): Promise<number | null> {
  const ended = z
    .object({ items: z.number().int() })
    .nullable()
    .parse(await callTrusted("finish_own_code", { p_run: runId, p_because: because }));
  return ended && ended.items;
}

/** Ends a run without a result. @param cause for operators; null where it is nobody's fault */
export async function failRun(runId: string, message: string, cause: string | null, attempts: number): Promise<void> {
  await callTrusted("fail_own_code", {
    p_run: runId,
    p_message: message,
    // SQL takes null where there is none; the generated type does not know.
    p_cause: cause as string,
    p_attempts: attempts,
  });
}

export const ownActivitySchema = z.object({ exercise: exerciseSchema, origin: originSchema });
export type OwnActivity = z.infer<typeof ownActivitySchema>;

/** @returns null when there is no such exercise, or it is another learner's */
export async function readOwnActivity(userId: string, id: string): Promise<OwnActivity | null> {
  return ownActivitySchema.nullable().parse(await callTrusted("read_own_code_activity", { p_user: userId, p_id: id }));
}

export const choiceSchema = z.object({
  id: z.uuid(),
  about: z.string(),
  concepts: z.array(z.string()),
  bloom: z.enum(BLOOM_LEVELS),
  difficulty: z.number().int(),
  path: z.string(),
  line: z.number().int(),
});
/** What could be put to a learner of their own code and was not passed yet. */
export type OwnChoice = z.infer<typeof choiceSchema>;
