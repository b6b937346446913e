import "server-only";
import { OsvAnswerUnreadable, queryAdvisories, readAdvisory } from "@/lib/platform/osv/osv";
import { MAX_QUERIES, type Advisory } from "@/lib/platform/osv/schemas";
import { SECURITY_LIMITS } from "../security/schemas";
import { differentPackages, tell, type Affected } from "./answer";
import { readJob, writeAnswer, writeFailure } from "./store";

/** Advisories that are read one by one; the policy lets a few go at once. */
const MAX_READ = SECURITY_LIMITS.maxVulnerabilities * 2;

/** Asking again would bring the same: OSV's answer cannot be read. */
export const isHopeless = (error: unknown): boolean => error instanceof OsvAnswerUnreadable;

/**
 * Asks OSV about the packages of an analysis whose owner said so, and keeps what it answers. Repeating it comes to the same.
 * @returns `over` when nobody waits for it any more
 * @throws OutsideCallError, OsvUnavailable (both may pass), OsvAnswerUnreadable
 */
export async function lookUpVulnerabilities(analysisId: string): Promise<"done" | "over"> {
  const lockfiles = await readJob(analysisId);
  if (!lockfiles) return "over";
  const different = differentPackages(lockfiles);
  const named: { of: (typeof different)[number]; ids: readonly string[] }[] = [];
  for (let at = 0; at < different.length; at += MAX_QUERIES) {
    const part = different.slice(at, at + MAX_QUERIES);
    const answers = await queryAdvisories(part.map((each) => each.package));
    named.push(...part.map((of, index) => ({ of, ids: answers[index] ?? [] })).filter(({ ids }) => ids.length > 0));
  }
  const wanted = [...new Set(named.flatMap(({ ids }) => ids))];
  const read = new Map<string, Advisory | null>(
    await Promise.all(wanted.slice(0, MAX_READ).map(async (id) => [id, await readAdvisory(id)] as const)),
  );
  const affected = named.map(({ of, ids }): Affected => ({
    ...of,
    // One that is too many to be read counts all the same, by its name alone; one that OSV lost does not.
    advisories: ids.flatMap((id) => {
      const advisory = read.has(id) ? read.get(id) : { id };
      return advisory ? [advisory] : [];
    }),
  }));
  await writeAnswer(analysisId, tell(affected, different.length, new Date()));
  return "done";
}

/** Ends a look-up whose attempts are used up, with words for those who wait and the cause for operators. */
export async function giveUpLookUp(analysisId: string, cause: string, attempts: number): Promise<void> {
  const message = cause.includes("OsvAnswerUnreadable")
    ? "OSV answered with something that we could not read, so nothing was checked. We have been told; try again later."
    : "We could not reach OSV, several times in a row, so nothing was checked. Try again in a few minutes.";
  await writeFailure(analysisId, message, cause, attempts);
}
