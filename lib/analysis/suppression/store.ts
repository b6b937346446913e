import "server-only";
import { z } from "zod";
import type { Db } from "@/lib/platform/supabase/server";
import { unwrap } from "@/lib/platform/supabase/failure";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { suppressionSchema, type Suppression } from "./schemas";

const time = z.coerce.date().transform((date) => date.toISOString());
const writtenSchema = suppressionSchema.extend({ createdAt: time });

/** SQL refuses with not_found, conflict (a comment marks it) or rule_broken (too many). */
export async function writeSuppression(
  userId: string,
  analysisId: string,
  finding: string,
  reason: string,
): Promise<Suppression> {
  return writtenSchema.parse(
    await callTrusted("suppress_finding", {
      p_user: userId,
      p_analysis: analysisId,
      p_finding: finding,
      p_reason: reason,
    }),
  );
}

/** @returns whether there was one. */
export async function removeSuppression(userId: string, analysisId: string, finding: string): Promise<boolean> {
  return z
    .boolean()
    .parse(await callTrusted("restore_finding", { p_user: userId, p_analysis: analysisId, p_finding: finding }));
}

const rowSchema = z
  .object({
    finding: z.string(),
    rule: z.string(),
    title: z.string(),
    path: z.string(),
    reason: z.string(),
    created_at: time,
  })
  .transform(({ created_at: createdAt, ...row }): Suppression => ({ ...row, createdAt }));

/** What the caller (RLS) decided about findings of a repository, newest first. */
export async function readSuppressions(db: Db, repoUrl: string): Promise<Suppression[]> {
  const rows = unwrap(
    await db
      .from("finding_suppressions")
      .select("finding,rule,title,path,reason,created_at")
      .eq("repo_url", repoUrl)
      .order("created_at", { ascending: false })
      .order("finding"),
  );
  return z.array(rowSchema).parse(rows ?? []);
}
