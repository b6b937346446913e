import "server-only";
import { cloneBare } from "@/lib/platform/git/clone";
import { checkOrigin } from "@/lib/platform/git/origin";
import { gitOriginPolicy } from "@/lib/platform/git/policy";
import { withWorkspace } from "@/lib/platform/git/workspace";
import { tokenFor } from "../run-phases";
import { scanClone } from "../scan/scan-clone";
import type { GrantOf } from "../start-analysis";
import type { StandaloneFunction } from "./schemas";

export interface AnalysedCommit {
  readonly repoUrl: string;
  /** Empty: the default branch. */
  readonly ref: string;
  readonly commit: string;
  /** Whose private repository it is; null for one that everybody can read. */
  readonly privateTo: string | null;
}

/**
 * Reads an analysed commit again, as an analysis does (its clone, its child process, its limits), for the functions in it that
 * can stand alone. The host is asked anew: a public repository is read as nobody, a private one with its owner's token as it
 * is now. Nothing of it stays on disk.
 * @returns the first ones by path, and how many there are in all
 * @throws AppError as an analysis does, GitError or ScanFailed
 */
export async function readFunctions(
  { repoUrl, ref, commit, privateTo }: AnalysedCommit,
  grantOf: GrantOf,
): Promise<{ readonly found: readonly StandaloneFunction[]; readonly total: number }> {
  const origin = await checkOrigin(`${repoUrl}.git`, gitOriginPolicy());
  const token = privateTo === null ? undefined : await tokenFor(privateTo, origin.url, grantOf);
  return withWorkspace(async (folder) => {
    const clone = await cloneBare(folder, { origin, ref: ref === "" ? undefined : ref, commit, token });
    let functions: { readonly found: readonly StandaloneFunction[]; readonly total: number } = { found: [], total: 0 };
    await scanClone(clone, {
      seek: "functions",
      threads: 1,
      onFound: (finding) => {
        if (finding.type === "functions") functions = finding;
      },
    });
    return { found: functions.found, total: functions.total };
  });
}
