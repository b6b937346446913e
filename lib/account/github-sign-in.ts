import type { Session } from "@supabase/supabase-js";
import { AppError } from "@/lib/kernel/errors";
import { authFailure } from "@/lib/platform/supabase/auth-failure";
import type { Db } from "@/lib/platform/supabase/server";

/** What signing in asks of GitHub: who one is, and which address GitHub has verified. */
export const SIGN_IN_SCOPES = ["read:user", "user:email"] as const;

/** What private repositories need besides. GitHub has no narrower scope that can read them. */
export const PRIVATE_REPOSITORY_SCOPES = [...SIGN_IN_SCOPES, "repo"] as const;

/**
 * Begins a sign-in with GitHub (OAuth with PKCE; the verifier goes into a cookie of this browser).
 * @returns the address to send the browser to.
 */
export async function startGithubSignIn(
  db: Db,
  { scopes, callbackUrl }: { readonly scopes: readonly string[]; readonly callbackUrl: string },
): Promise<string> {
  const { data, error } = await db.auth.signInWithOAuth({
    provider: "github",
    options: {
      redirectTo: callbackUrl,
      scopes: scopes.join(" "),
      skipBrowserRedirect: true,
    },
  });
  if (error) throw authFailure(error);
  return data.url;
}

export interface GithubSignIn {
  readonly session: Session;
  /** GitHub's own token, for the person's jobs alone; null when Supabase Auth gave none. */
  readonly githubToken: string | null;
}

/**
 * Ends a sign-in: exchanges the code that came back. It works once, and only in the browser that began.
 * @throws AppError `invalid_request` for a code that is forged, used, expired or another browser's.
 */
export async function finishGithubSignIn(db: Db, code: string): Promise<GithubSignIn> {
  const { data, error } = await db.auth.exchangeCodeForSession(code);
  if (error) {
    const failure = authFailure(error);
    if (failure.code === "service_unavailable") throw failure;
    throw new AppError(
      "invalid_request",
      "This sign-in has been used, has expired or was not begun in this browser. Start again.",
      { cause: error },
    );
  }
  return { session: data.session, githubToken: data.session.provider_token ?? null };
}
