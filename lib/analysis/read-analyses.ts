import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import type { Analysis, AnalysisSummary } from "./schemas";
import { cancel, listAnalyses, readAnalysis, type ListPosition } from "./store";
import { applyDecisions } from "./suppression/apply-decisions";
import { readSuppressions } from "./suppression/store";
import { withVulnerabilities } from "./vulnerabilities/answer";
import { readLookUp } from "./vulnerabilities/store";

const NOT_FOUND = "There is no such analysis.";

/**
 * One analysis that the caller asked for, with the findings marked that they decided are all right, and with the known
 * vulnerabilities that somebody had looked up.
 * @throws AppError `not_found`: also when it is somebody else's
 */
export async function getAnalysis(db: Db, analysisId: string): Promise<Analysis> {
  const analysis = await readAnalysis(db, analysisId);
  if (!analysis) throw new AppError("not_found", NOT_FOUND);
  if (!analysis.result) return analysis;
  const [decided, lookUp] = await Promise.all([
    readSuppressions(db, analysis.repository.url),
    readLookUp(db, analysis.id),
  ]);
  const decisions = new Map(decided.map(({ finding, reason }) => [finding, reason]));
  return { ...analysis, result: withVulnerabilities(applyDecisions(analysis.result, decisions), lookUp, decisions) };
}

export interface AnalysisPage {
  readonly items: readonly AnalysisSummary[];
  readonly nextCursor: string | null;
}

/**
 * The caller's analyses, newest first.
 * @param cursor `nextCursor` of the page before
 * @param repoUrl only those of this repository, by its address in the spelling that results have
 * @throws AppError `invalid_request` for a cursor that is not one
 */
export async function pageOfAnalyses(db: Db, limit: number, cursor?: string, repoUrl?: string): Promise<AnalysisPage> {
  const found = await listAnalyses(db, limit + 1, cursor === undefined ? undefined : decodeCursor(cursor), repoUrl);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((entry) => entry.summary),
    nextCursor: found.length > limit && last ? encodeCursor(last.position) : null,
  };
}

/** Cancels for the caller; returns `left` when others wait for the same analysis. */
export async function cancelAnalysis(db: Db, analysisId: string): Promise<"canceled" | "left"> {
  return cancel(db, analysisId);
}

function encodeCursor(position: ListPosition): string {
  return Buffer.from(`${position.createdAt}|${position.id}`).toString("base64url");
}

const POSITION = /^(\d{4}-\d{2}-\d{2}[T ][\d:.]{8,15}(?:Z|[+-][\d:]{2,5}))\|([0-9a-f-]{36})$/;

function decodeCursor(cursor: string): ListPosition {
  const match = POSITION.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  if (!match?.[1] || !match[2]) {
    throw new AppError("invalid_request", "This page cursor cannot be read. Start from the first page.", {
      issues: [{ path: "cursor", message: "This is not a cursor of ours." }],
    });
  }
  return { createdAt: match[1], id: match[2] };
}
