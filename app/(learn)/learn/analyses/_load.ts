import "server-only";
import { notFound } from "next/navigation";
import { z } from "zod";
import type { SourceAt } from "@/components/learning/source-link";
import { requireUser } from "@/lib/access/session";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { sourceHostAt } from "@/lib/analysis/repository/source-host";
import type { Analysis, AnalysisResult } from "@/lib/analysis/schemas";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";

/** The analysis of an address, for whoever asked for it; a page that is not there for everybody else. */
export async function loadAnalysis(id: string) {
  const { db, user } = await requireUser();
  if (!z.uuid().safeParse(id).success) notFound();
  try {
    return { db, user, analysis: await getAnalysis(db, id) };
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}

/** The same, for a page about its result. */
export async function loadResult(
  id: string,
): Promise<{ readonly db: Db; readonly analysis: Analysis; readonly result: AnalysisResult; readonly at: SourceAt }> {
  const { db, analysis } = await loadAnalysis(id);
  if (!analysis.result) notFound();
  return { db, analysis, result: analysis.result, at: sourceAt(analysis, analysis.result) };
}

export function sourceAt(analysis: Analysis, result: AnalysisResult): SourceAt {
  return { kind: sourceHostAt(analysis.repository), repository: analysis.repository.url, commit: result.commit };
}
