import "server-only";
import { osvHost } from "@/lib/platform/osv/osv";
import type { Db } from "@/lib/platform/supabase/server";
import { differentPackages } from "./answer";
import type { LookUp } from "./schemas";
import { readLookUp, readPackages, writeQuestion } from "./store";

/**
 * Lets the names and versions of an analysis's packages be sent to OSV. One look-up runs at a time for an analysis,
 * however many ask; one of the last hour stands.
 * @throws AppError `not_found`, `conflict` (not finished, or the packages were not kept), `rule_broken` (no package)
 */
export async function askForVulnerabilities(
  userId: string,
  analysisId: string,
  traceparent: string | null,
): Promise<"asked" | "joined" | "known"> {
  return writeQuestion(userId, analysisId, traceparent);
}

/** How the look-up of one of the caller's analyses stands, and what asking would send. */
export async function lookUpOf(db: Db, analysisId: string): Promise<LookUp> {
  const [row, lockfiles] = await Promise.all([readLookUp(db, analysisId), readPackages(db, analysisId)]);
  return {
    status: row?.status ?? "not_asked",
    wouldSend: {
      to: osvHost(),
      packages: differentPackages(lockfiles ?? []).length,
      lockfiles: (lockfiles ?? []).map(({ path, packages }) => ({ path, packages: packages.length })),
      known: lockfiles !== null,
    },
    askedAt: row?.asked_at ?? null,
    finishedAt: row?.finished_at ?? null,
    error: row?.error_message ?? null,
    found: row?.found ?? null,
  };
}
