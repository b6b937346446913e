import { analysisResultSchema, type AnalysisResult } from "@/lib/analysis/schemas";
import { aResult } from "./analysis-inputs.ts";
import type { TestSupabase, TestUser } from "./supabase.ts";

/** An analysis that is finished, as the workflow leaves it, for whoever asked for it. */
export async function keepAnalysis(
  supabase: TestSupabase,
  of: {
    readonly asker: TestUser;
    readonly repository: string;
    readonly private?: boolean;
    readonly result?: AnalysisResult;
    readonly minutesAgo?: number;
    readonly ref?: string;
  },
): Promise<string> {
  const { asker, repository, private: isPrivate = false, result = aResult(), minutesAgo = 1, ref = "" } = of;
  const kept = analysisResultSchema.parse(result);
  const [row] = await supabase.sql<{ id: string }[]>`
    insert into public.analyses (requested_by, private_to, repo_url, host, owner, name, ref, engine, estimated_seconds,
      status, progress, commit_sha, result, started_at, finished_at)
    values (${asker.id}, ${isPrivate ? asker.id : null}, ${`https://github.com/octo/${repository}`}, 'github.com', 'octo',
      ${repository}, ${ref}, 2, 5, 'completed', 100, ${kept.commit}, ${supabase.sql.json(kept as never)},
      now() - ${`${minutesAgo} minutes`}::interval, now() - ${`${minutesAgo} minutes`}::interval)
    returning id`;
  if (!row) throw new Error("nothing was inserted");
  await alsoAskedBy(supabase, row.id, asker, "started");
  return row.id;
}

export async function alsoAskedBy(
  supabase: TestSupabase,
  analysisId: string,
  who: TestUser,
  how: "started" | "cached" = "cached",
): Promise<void> {
  await supabase.sql`
    insert into public.analysis_askers (analysis_id, user_id, how) values (${analysisId}, ${who.id}, ${how})`;
}
