import "server-only";
import { z } from "zod";
import type { Db } from "@/lib/platform/supabase/server";
import { unwrap } from "@/lib/platform/supabase/failure";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { Json } from "@/lib/platform/supabase/database.types";
import type { RepositoryAddress } from "./repository/repository-url";
import {
  analysisResultSchema,
  analysisStatusSchema,
  foundSchema,
  limitHitSchema,
  phaseResultSchemas,
  type Analysis,
  type AnalysisResult,
  type AnalysisSummary,
  type FileVerdict,
  type Found,
  type LaterPhase,
  type PhaseName,
  type PhaseResult,
} from "./schemas";

const startedSchema = z.object({
  id: z.uuid(),
  outcome: z.enum(["started", "joined", "cached"]),
  status: analysisStatusSchema,
  estimatedSeconds: z.number().int(),
});
export type Started = z.infer<typeof startedSchema>;

export interface StartRow {
  readonly userId: string;
  readonly address: RepositoryAddress;
  readonly ref: string | undefined;
  readonly commit: string;
  readonly private: boolean;
  readonly fresh: boolean;
  readonly engine: number;
  readonly traceparent: string | null;
}

/** Starts, joins or finds an analysis in one transaction, its event with it. */
export async function insertAnalysis(row: StartRow): Promise<Started> {
  return startedSchema.parse(
    await callTrusted("start_analysis", {
      p_user: row.userId,
      p_repo_url: row.address.url,
      p_host: row.address.host,
      p_owner: row.address.owner,
      p_name: row.address.name,
      p_ref: row.ref ?? "",
      p_commit: row.commit,
      p_private: row.private,
      p_fresh: row.fresh,
      p_engine: row.engine,
      p_traceparent: row.traceparent ?? "",
    }),
  );
}

const time = z.coerce.date().transform((date) => date.toISOString());

const jobSchema = z.object({
  id: z.uuid(),
  repoUrl: z.url(),
  ref: z.string().transform((ref) => (ref === "" ? undefined : ref)),
  privateTo: z.uuid().nullable(),
  status: analysisStatusSchema,
  engine: z.number().int(),
  startedAt: time.nullable(),
  found: foundSchema,
});
/** What a workflow step reads about the analysis it works on. */
export type AnalysisJob = z.infer<typeof jobSchema>;

export async function readJob(analysisId: string): Promise<AnalysisJob | null> {
  return jobSchema.nullable().parse(await callTrusted("read_analysis_job", { p_analysis: analysisId }));
}

/**
 * Records and broadcasts how far an analysis is and what a phase found.
 * @returns false when it is over already: whoever works on it should stop.
 */
export async function recordProgress<P extends PhaseName>(
  analysisId: string,
  phase: P,
  progress: number,
  found?: P extends keyof Found ? Found[P] : never,
): Promise<boolean> {
  return z.boolean().parse(
    await callTrusted("record_analysis_progress", {
      p_analysis: analysisId,
      p_phase: phase,
      p_progress: progress,
      p_found: (found ?? null) as Json,
    }),
  );
}

/**
 * Keeps what a later phase found, whole, and tells in a few words.
 * @returns false when the analysis is over: whoever works on it should stop.
 */
export async function recordPhase<P extends LaterPhase>(
  analysisId: string,
  phase: P,
  progress: number,
  summary: Found[P],
  result: PhaseResult<P>,
): Promise<boolean> {
  return z.boolean().parse(
    await callTrusted("record_analysis_phase", {
      p_analysis: analysisId,
      p_phase: phase,
      p_progress: progress,
      p_summary: (summary ?? null) as Json,
      p_data: result as unknown as Json,
    }),
  );
}

const scanRecordSchema = z.strictObject({
  commit: z.string(),
  files: z.number().int(),
  bytes: z.number().int(),
  /** How long each phase worked, in milliseconds. */
  ms: z.record(z.string(), z.number()),
  peakBytes: z.number().int(),
  limits: z.array(limitHitSchema),
});
/** How the scan of an analysis went. */
export type ScanRecord = z.infer<typeof scanRecordSchema>;

/** @returns false when the analysis is over. */
export async function recordScan(analysisId: string, scan: ScanRecord): Promise<boolean> {
  return z
    .boolean()
    .parse(await callTrusted("record_analysis_scan", { p_analysis: analysisId, p_scan: scan as unknown as Json }));
}

/** The number of files is known now, so the time can be estimated better. */
export async function refineEstimate(analysisId: string, files: number): Promise<void> {
  await callTrusted("refine_analysis_estimate", { p_analysis: analysisId, p_files: files });
}

/**
 * Keeps what became of a part of the files, from the `from`th on.
 * @returns false when the analysis is over.
 */
export async function recordFiles(analysisId: string, from: number, files: readonly FileVerdict[]): Promise<boolean> {
  return z.boolean().parse(
    await callTrusted("record_analysis_files", {
      p_analysis: analysisId,
      p_from: from,
      p_files: files as unknown as Json,
    }),
  );
}

const phasesSchema = z.object({
  scan: scanRecordSchema.optional(),
  patterns: phaseResultSchemas.patterns.optional(),
  security: phaseResultSchemas.security.optional(),
  insights: phaseResultSchemas.insights.optional(),
});
/** What the phases of a running analysis have left so far. */
export type PhasesSoFar = z.infer<typeof phasesSchema>;

export async function readPhases(analysisId: string): Promise<PhasesSoFar> {
  return phasesSchema.parse(await callTrusted("read_analysis_phases", { p_analysis: analysisId }));
}

const endedSchema = z.object({
  status: analysisStatusSchema,
  owner: z.string(),
  name: z.string(),
  message: z.string().nullable(),
  people: z.array(z.object({ userId: z.uuid(), email: z.email(), displayName: z.string() })),
});
/** How an analysis ended, and who wants to be mailed about it. */
export type EndedAnalysis = z.infer<typeof endedSchema>;

export async function readMailRecipients(analysisId: string): Promise<EndedAnalysis | null> {
  return endedSchema.nullable().parse(await callTrusted("analysis_mail_recipients", { p_analysis: analysisId }));
}

/** @returns false when the analysis had ended in another way before. */
export async function writeResult(analysisId: string, result: AnalysisResult): Promise<boolean> {
  return z.boolean().parse(
    await callTrusted("complete_analysis", {
      p_analysis: analysisId,
      p_commit: result.commit,
      p_result: result as unknown as Json,
    }),
  );
}

export interface AnalysisFailure {
  readonly code: string;
  /** For people. */
  readonly message: string;
  /** For operators. */
  readonly cause: string;
  readonly attempts: number;
  /** False for a final answer that nobody can mend, such as a repository that is gone. */
  readonly deadLetter: boolean;
}

export async function writeFailure(analysisId: string, failure: AnalysisFailure): Promise<boolean> {
  return z.boolean().parse(
    await callTrusted("fail_analysis", {
      p_analysis: analysisId,
      p_code: failure.code,
      p_message: failure.message,
      p_cause: failure.cause,
      p_attempts: failure.attempts,
      p_dead_letter: failure.deadLetter,
    }),
  );
}

export async function failStale(): Promise<number> {
  return z.number().parse(await callTrusted("fail_stale_analyses", {}));
}

/** Cancels as the caller; leaves it to the others when they wait for it too. */
export async function cancel(db: Db, analysisId: string): Promise<"canceled" | "left"> {
  return z.enum(["canceled", "left"]).parse(unwrap(await db.rpc("cancel_analysis", { p_analysis: analysisId })));
}

const rowSchema = z.object({
  id: z.uuid(),
  repo_url: z.url(),
  host: z.string(),
  owner: z.string(),
  name: z.string(),
  ref: z.string(),
  commit_sha: z.string().nullable(),
  private_to: z.string().nullable(),
  status: analysisStatusSchema,
  phase: z.string(),
  progress: z.number(),
  version: z.number(),
  estimated_seconds: z.number(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
});

const COLUMNS =
  "id,repo_url,host,owner,name,ref,commit_sha,private_to,status,phase,progress,version,estimated_seconds,error_code,error_message,created_at,started_at,finished_at";

/** One analysis that the caller asked for, or null. RLS decides whose it is. */
export async function readAnalysis(db: Db, analysisId: string): Promise<Analysis | null> {
  const [analysis, events] = await Promise.all([
    db.from("analyses").select(`${COLUMNS},result`).eq("id", analysisId).maybeSingle(),
    db.from("analysis_events").select("phase,data").eq("analysis_id", analysisId).eq("type", "found"),
  ]);
  const data = unwrap(analysis);
  const found = Object.fromEntries((unwrap(events) ?? []).map((event) => [event.phase, event.data]));
  if (!data) return null;
  const row = rowSchema.extend({ result: analysisResultSchema.nullable() }).parse(data);
  return { ...toAnalysis(row), found: foundSchema.parse(found), ...(row.result ? { result: row.result } : {}) };
}

const listedSchema = rowSchema.extend({
  languages: z.array(z.object({ name: z.string(), share: z.number().nullable() })).nullable(),
});

/** Where a page of a list ends: the creation time as the database wrote it, to the microsecond, and the id. */
export interface ListPosition {
  readonly createdAt: string;
  readonly id: string;
}

/** The caller's analyses, newest first, after `before`; of one repository when told. */
export async function listAnalyses(
  db: Db,
  limit: number,
  before?: ListPosition,
  repoUrl?: string,
): Promise<{ summary: AnalysisSummary; position: ListPosition }[]> {
  let query = db
    .from("analyses")
    .select(`${COLUMNS},languages:result->languages`)
    .order("created_at", { ascending: false })
    .order("id", { ascending: false })
    .limit(limit);
  if (repoUrl !== undefined) query = query.eq("repo_url", repoUrl);
  if (before)
    query = query.or(`created_at.lt."${before.createdAt}",and(created_at.eq."${before.createdAt}",id.lt.${before.id})`);
  return (unwrap(await query) ?? []).map((data) => {
    const row = listedSchema.parse(data);
    const topLanguages = (row.languages ?? [])
      .flatMap(({ name, share }) => (share === null ? [] : [{ name, share }]))
      .slice(0, 3);
    return { summary: { ...toAnalysis(row), topLanguages }, position: { createdAt: data.created_at, id: row.id } };
  });
}

function toAnalysis(row: z.infer<typeof rowSchema>): Omit<Analysis, "found" | "result"> {
  return {
    id: row.id,
    repository: { url: row.repo_url, host: row.host, owner: row.owner, name: row.name },
    ref: row.ref === "" ? null : row.ref,
    commit: row.commit_sha,
    private: row.private_to !== null,
    status: row.status,
    phase: row.phase,
    progress: row.progress,
    version: row.version,
    estimatedSeconds: row.estimated_seconds,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    ...(row.error_code && row.error_message ? { error: { code: row.error_code, message: row.error_message } } : {}),
  };
}
