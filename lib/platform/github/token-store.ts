import "server-only";
import { serverEnv } from "@/lib/env/server";
import { log } from "@/lib/platform/telemetry/log";
import { readSealedToken, writeSealedToken } from "./store";
import { decryptToken, encryptToken, TokenCipherError } from "./token-cipher";

/** A user's own GitHub token and what it may do; for that user's requests and jobs alone. */
export interface GithubGrant {
  readonly token: string;
  readonly scopes: readonly string[];
}

/** Encrypts and keeps a token, replacing the user's one before. */
export async function keepToken(userId: string, grant: GithubGrant, login: string | null): Promise<void> {
  await writeSealedToken(
    userId,
    encryptToken(grant.token, userId, serverEnv().TOKEN_ENCRYPTION_KEY),
    grant.scopes,
    login,
  );
}

/**
 * The user's token, decrypted; null without one. One that no longer opens (the key was changed) is as
 * good as none: the user is asked to connect again.
 */
export async function openToken(userId: string): Promise<GithubGrant | null> {
  const sealed = await readSealedToken(userId);
  if (!sealed) return null;
  try {
    return { token: decryptToken(sealed.ciphertext, userId, serverEnv().TOKEN_ENCRYPTION_KEY), scopes: sealed.scopes };
  } catch (error) {
    if (!(error instanceof TokenCipherError)) throw error;
    log.error({ error, userId }, "a stored GitHub token does not open");
    return null;
  }
}
