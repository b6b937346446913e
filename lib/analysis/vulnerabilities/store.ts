import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { unwrap } from "@/lib/platform/supabase/failure";
import type { Db } from "@/lib/platform/supabase/server";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { checkedVulnerabilitiesSchema, type CheckedVulnerabilities } from "../security/schemas";
import { lockfileSchema, type Lockfile } from "./schemas";

const time = z.coerce.date().transform((date) => date.toISOString());

/** @returns false when the analysis is over. */
export async function recordPackages(analysisId: string, lockfiles: readonly Lockfile[]): Promise<boolean> {
  return z.boolean().parse(
    await callTrusted("record_analysis_packages", {
      p_analysis: analysisId,
      p_lockfiles: lockfiles as unknown as Json,
    }),
  );
}

/** SQL refuses with not_found, conflict (not finished, or nothing kept) or rule_broken (no package). */
export async function writeQuestion(
  userId: string,
  analysisId: string,
  traceparent: string | null,
): Promise<"asked" | "joined" | "known"> {
  return z.enum(["asked", "joined", "known"]).parse(
    await callTrusted("ask_vulnerabilities", {
      p_user: userId,
      p_analysis: analysisId,
      p_traceparent: traceparent ?? "",
    }),
  );
}

/** What a look-up is about; null when it is over, or nobody asked. */
export async function readJob(analysisId: string): Promise<Lockfile[] | null> {
  return z
    .array(lockfileSchema)
    .nullable()
    .parse(await callTrusted("read_vulnerability_job", { p_analysis: analysisId }));
}

export async function writeAnswer(analysisId: string, found: CheckedVulnerabilities): Promise<void> {
  await callTrusted("complete_vulnerabilities", { p_analysis: analysisId, p_found: found as unknown as Json });
}

/** @param message for people; @param cause for operators */
export async function writeFailure(
  analysisId: string,
  message: string,
  cause: string,
  attempts: number,
): Promise<void> {
  await callTrusted("fail_vulnerabilities", {
    p_analysis: analysisId,
    p_message: message,
    p_cause: cause,
    p_attempts: attempts,
  });
}

const rowSchema = z.object({
  status: z.enum(["asked", "done", "failed"]),
  found: checkedVulnerabilitiesSchema.nullable(),
  error_message: z.string().nullable(),
  asked_at: time,
  finished_at: time.nullable(),
});
export type LookUpRow = z.infer<typeof rowSchema>;

/** How the look-up of one of the caller's analyses stands (RLS), or null when nobody asked. */
export async function readLookUp(db: Db, analysisId: string): Promise<LookUpRow | null> {
  const row = unwrap(
    await db
      .from("analysis_vulnerabilities")
      .select("status,found,error_message,asked_at,finished_at")
      .eq("analysis_id", analysisId)
      .maybeSingle(),
  );
  return rowSchema.nullable().parse(row ?? null);
}

/** What the lockfiles of one of the caller's analyses (RLS) name; null when it was not kept. */
export async function readPackages(db: Db, analysisId: string): Promise<Lockfile[] | null> {
  const row = unwrap(
    await db.from("analysis_packages").select("lockfiles").eq("analysis_id", analysisId).maybeSingle(),
  );
  return row ? z.array(lockfileSchema).parse(row.lockfiles) : null;
}
