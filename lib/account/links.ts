import { createHash, randomBytes } from "node:crypto";
import { appLink } from "@/lib/platform/mail/app-link";

/** A new secret for a mailed link, and the hash of it that is kept. */
export function newLinkToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashLinkToken(token) };
}

/** SHA-256 in hex, as the database keeps it. 32 random bytes need no salt. */
export function hashLinkToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The page of ours that a mailed link opens. It asks before it acts: mail scanners follow links too. */
export function linkUrl(page: "/auth/verify" | "/auth/reset", token: string): string {
  return appLink(page, { token });
}
