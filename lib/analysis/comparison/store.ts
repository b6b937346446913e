import "server-only";
import { z } from "zod";
import type { Db } from "@/lib/platform/supabase/server";
import { unwrap } from "@/lib/platform/supabase/failure";
import { analysisResultSchema, type AnalysisResult } from "../schemas";

const time = z.coerce.date().transform((date) => date.toISOString());
const rowSchema = z.object({ id: z.uuid(), finished_at: time, result: analysisResultSchema });

export interface EarlierAnalysis {
  readonly id: string;
  readonly finishedAt: string;
  readonly result: AnalysisResult;
}

/**
 * The newest finished analysis of the same repository and branch that ended before this one, among those that the
 * caller asked for (RLS), or null.
 */
export async function readEarlier(
  db: Db,
  of: { readonly repoUrl: string; readonly ref: string; readonly finishedAt: string; readonly id: string },
): Promise<EarlierAnalysis | null> {
  const data = unwrap(
    await db
      .from("analyses")
      .select("id,finished_at,result")
      .eq("repo_url", of.repoUrl)
      .eq("ref", of.ref)
      .eq("status", "completed")
      .neq("id", of.id)
      .lt("finished_at", of.finishedAt)
      .order("finished_at", { ascending: false })
      .limit(1)
      .maybeSingle(),
  );
  if (!data) return null;
  const row = rowSchema.parse(data);
  return { id: row.id, finishedAt: row.finished_at, result: row.result };
}
