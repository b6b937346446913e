import "server-only";
import { Octokit } from "@octokit/rest";
import { serverEnv } from "@/lib/env/server";
import { AppError } from "@/lib/kernel/errors";
import { guardedFetch } from "@/lib/platform/resilience/fetch";
import { log } from "@/lib/platform/telemetry/log";
import { outsideFetch } from "@/lib/platform/telemetry/outside";

const observed = outsideFetch({
  service: "github",
  // The first word of the path is one of GitHub's own; what follows names people and repositories.
  operationOf: (method, { pathname }) => `${method} ${pathname.replace(/^\/api\/v3/, "").split("/")[1] ?? ""}`,
  propagate: false,
});

const follow: typeof fetch = (input, init) => observed(input, { ...init, redirect: "follow" });

/** Under the `github` policy: time limit, retries, breaker, bulkhead. */
const githubFetch = guardedFetch("github", { fetch: follow });

/** GitHub's REST API as one user, on the server that the environment names. */
export function githubAs(token: string): Octokit {
  return new Octokit({
    auth: token,
    baseUrl: serverEnv().GITHUB_API_URL,
    userAgent: "devmentor",
    request: { fetch: githubFetch },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message: string) => log.warn({ message }, "github client"),
      error: (message: string) => log.debug({ message }, "github client"),
    },
  });
}

/** GitHub's REST API as our OAuth app; for ending grants. */
export async function endGrant(token: string): Promise<void> {
  const env = serverEnv();
  const response = await githubFetch(
    `${env.GITHUB_API_URL}/applications/${encodeURIComponent(env.GITHUB_CLIENT_ID)}/grant`,
    {
      method: "DELETE",
      headers: {
        Authorization: `Basic ${Buffer.from(`${env.GITHUB_CLIENT_ID}:${env.GITHUB_CLIENT_SECRET}`).toString("base64")}`,
        Accept: "application/vnd.github+json",
        "Content-Type": "application/json",
        "X-GitHub-Api-Version": "2022-11-28",
      },
      body: JSON.stringify({ access_token: token }),
    },
  );
  // 404 and 422: the grant is gone already, which is what was asked for.
  if (!response.ok && response.status !== 404 && response.status !== 422) {
    throw new Error(`GitHub answered ${response.status} to ending a grant`);
  }
}

/** @returns what GitHub's failure means to the person who waits. */
export function githubFailure(error: unknown): AppError {
  const status = typeof error === "object" && error !== null && "status" in error ? Number(error.status) : 0;
  if (status === 401) {
    return new AppError(
      "consent_required",
      "GitHub no longer accepts our access to your account. Connect GitHub again.",
      { cause: error },
    );
  }
  if (status === 403 || status === 429) {
    return new AppError(
      "provider_unavailable",
      "GitHub is limiting how often we may ask. Try again in a few minutes.",
      { cause: error, retryAfterSeconds: 120 },
    );
  }
  return new AppError("provider_unavailable", "GitHub did not answer as expected. Try again in a minute.", {
    cause: error,
    retryAfterSeconds: 30,
  });
}
