import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { recordAnalytics } from "@/lib/platform/batch/analytics";
import { flag } from "@/lib/platform/flags/flag";
import { resolveRemoteCommit } from "@/lib/platform/git/clone";
import { checkCloneUrl, checkOrigin, type CheckedOrigin } from "@/lib/platform/git/origin";
import { gitOriginPolicy, takesGithubToken } from "@/lib/platform/git/policy";
import { isRef, parseRepositoryAddress } from "./repository/repository-url";
import { ENGINE_VERSION } from "./schemas";
import { insertAnalysis, type Started } from "./store";

/** Gives a user's own GitHub grant, if there is one. */
export type GrantOf = (
  userId: string,
) => Promise<{ readonly token: string; readonly scopes: readonly string[] } | null>;

export interface StartRequest {
  readonly userId: string;
  readonly repoUrl: string;
  readonly ref?: string | undefined;
  /** Analyse again although a recent result is known. */
  readonly fresh?: boolean | undefined;
  readonly traceparent: string | null;
}

/**
 * Starts the analysis of a repository, joins the one that runs, or finds a finished one. Access is
 * checked with the host each time, first as nobody: what nobody can read is private, and its result
 * is the asker's alone.
 * @throws AppError `repository_url_invalid`, `host_not_allowed`, `repository_not_accessible`,
 * `rule_broken` (nothing to analyse), `provider_unavailable`, or `service_unavailable` while operators take none.
 */
export async function startAnalysis(request: StartRequest, grantOf: GrantOf): Promise<Started> {
  if (!(await flag("start-analyses", { userId: request.userId }))) {
    throw new AppError(
      "service_unavailable",
      "New analyses are paused at present. Yours are all there; try again later.",
      {
        retryAfterSeconds: 600,
      },
    );
  }
  const policy = gitOriginPolicy();
  const address = parseRepositoryAddress(checkCloneUrl(request.repoUrl, policy));
  if (request.ref !== undefined && !isRef(request.ref)) {
    throw new AppError("invalid_request", "This is not the name of a branch or tag.", {
      issues: [{ path: "ref", message: "This is not the name of a branch or tag." }],
    });
  }
  const origin = await checkOrigin(address.cloneUrl, policy);
  const seen = await lookAt(origin, request, grantOf);
  const started = await insertAnalysis({
    userId: request.userId,
    address,
    ref: request.ref,
    commit: seen.commit,
    private: seen.private,
    fresh: request.fresh ?? false,
    engine: ENGINE_VERSION,
    traceparent: request.traceparent,
  });
  recordAnalytics("analysis.started", { outcome: started.outcome, private: seen.private });
  return started;
}

async function lookAt(
  origin: CheckedOrigin,
  request: StartRequest,
  grantOf: GrantOf,
): Promise<{ commit: string; private: boolean }> {
  try {
    return { commit: await resolveRemoteCommit({ origin, ref: request.ref }), private: false };
  } catch (error) {
    const hidden =
      error instanceof AppError && error.code === "repository_not_accessible" && error.extra["missing"] !== "ref";
    if (!hidden || !takesGithubToken(origin.url)) throw error;
    const grant = await grantOf(request.userId);
    if (!grant?.scopes.includes("repo")) {
      throw new AppError(
        "repository_not_accessible",
        "There is no public repository at this address. If it is private, give DevMentor access to your private repositories and try again.",
        { cause: error, extra: { consentUrl: "/auth/github/consent" } },
      );
    }
    return { commit: await resolveRemoteCommit({ origin, ref: request.ref, token: grant.token }), private: true };
  }
}
