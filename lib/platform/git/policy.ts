import "server-only";
import { serverEnv } from "@/lib/env/server";
import type { OriginPolicy } from "./origin";

/** What this server's environment lets be cloned. */
export function gitOriginPolicy(): OriginPolicy {
  const env = serverEnv();
  return { allowedHosts: env.GIT_ALLOWED_HOSTS, extraOrigin: env.DEVSTACK_GIT_ORIGIN };
}

/** Where GitHub's repositories are cloned from: GitHub itself, or the embedded stack's twin of it. */
export function githubCloneOrigin(): string {
  const env = serverEnv();
  return new URL(env.DEVSTACK_GIT_ORIGIN ?? env.GITHUB_URL).origin;
}

/** @returns whether a GitHub token may be sent to `url`: to GitHub's own origin and nowhere else. */
export function takesGithubToken(url: URL): boolean {
  return url.origin === githubCloneOrigin();
}
