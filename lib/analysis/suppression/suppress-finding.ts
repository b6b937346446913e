import "server-only";
import type { Db } from "@/lib/platform/supabase/server";
import { foundPhase } from "../rules";
import type { Analysis } from "../schemas";
import type { Suppression } from "./schemas";
import { readSuppressions, removeSuppression, writeSuppression } from "./store";

/**
 * Marks a finding as all right in this and every later analysis of the repository, for the caller alone; a second time
 * changes the reason.
 * @param reason already checked by `suppressionReasonSchema`
 * @throws AppError `not_found`, `conflict` (a comment in the code marks it), `rule_broken` (too many)
 */
export async function suppressFinding(
  userId: string,
  analysisId: string,
  finding: string,
  reason: string,
): Promise<Suppression> {
  return writeSuppression(userId, analysisId, finding, reason);
}

/** Takes the caller's decision back; none is no error. @throws AppError `not_found` for somebody else's analysis */
export async function restoreFinding(userId: string, analysisId: string, finding: string): Promise<void> {
  await removeSuppression(userId, analysisId, finding);
}

/** What the caller decided about this repository, and whether the analysis still has the finding. */
export async function suppressionsOf(
  db: Db,
  { repository, result }: Pick<Analysis, "repository" | "result">,
): Promise<(Suppression & { present: boolean })[]> {
  const security = result ? foundPhase(result.phases.security) : null;
  const vulnerabilities = security?.vulnerabilities.status === "checked" ? security.vulnerabilities.found : [];
  const there = new Set([...(security?.findings ?? []), ...vulnerabilities].map(({ id }) => id));
  return (await readSuppressions(db, repository.url)).map((each) => ({ ...each, present: there.has(each.finding) }));
}
