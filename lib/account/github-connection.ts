import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { endGrant } from "@/lib/platform/github/client";
import { loginOf } from "@/lib/platform/github/repositories";
import { deleteSealedToken, readConnection, type GithubConnection } from "@/lib/platform/github/store";
import { keepToken, openToken, type GithubGrant } from "@/lib/platform/github/token-store";
import type { Db } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";

/** The scope without which GitHub shows public repositories alone. */
export const PRIVATE_REPOSITORIES_SCOPE = "repo";

/**
 * Keeps the token that GitHub gave at sign-in or consent, encrypted, replacing the one before.
 * @param input.scopes what was asked for, separated by commas or blanks, or as a list
 * @throws AppError when the database is out of reach
 */
export async function storeGithubToken(input: {
  userId: string;
  token: string;
  scopes: string | readonly string[];
}): Promise<void> {
  const scopes = typeof input.scopes === "string" ? input.scopes.split(/[\s,]+/).filter(Boolean) : input.scopes;
  const login = await loginOf(input.token).catch((error: unknown) => {
    // The token is good without the name beside it; settings then shows none.
    log.warn({ error, userId: input.userId }, "GitHub did not say whose token this is");
    return null;
  });
  await keepToken(input.userId, { token: input.token, scopes }, login);
}

/** The caller's connection as settings shows it; null without one. */
export async function githubConnection(db: Db): Promise<GithubConnection | null> {
  return readConnection(db);
}

/** The user's own token, decrypted; null without a grant that opens. */
export async function githubGrant(userId: string): Promise<GithubGrant | null> {
  return openToken(userId);
}

/**
 * Ends the grant at GitHub and forgets the token. The grant is ended first: without the token we
 * could not end it any more.
 * @throws AppError `provider_unavailable` when GitHub does not answer; the token is then still kept.
 */
export async function revokeGithub(userId: string): Promise<{ revoked: boolean }> {
  const grant = await githubGrant(userId);
  if (grant) {
    await endGrant(grant.token).catch((cause: unknown) => {
      throw new AppError(
        "provider_unavailable",
        "GitHub did not confirm that our access has ended, so nothing was changed. Try again in a minute, or end it at GitHub under Settings, Applications.",
        { cause, retryAfterSeconds: 30 },
      );
    });
  }
  return { revoked: await deleteSealedToken(userId) };
}
