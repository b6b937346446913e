import { createHash, randomBytes } from "node:crypto";

/** 32 random bytes in base64url: nobody guesses one of 2^256. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A new secret for a share link, and the hash of it that is kept. */
export function newShareToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashShareToken(token) };
}

/** SHA-256 in hex. A token of 256 random bits needs no salt and no slow hash. */
export function hashShareToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** @returns whether this has the form of a token of ours: anything else is not worth asking the database about. */
export function isShareToken(token: string): boolean {
  return TOKEN.test(token);
}

/** The page that a link leads to, below the application's own origin. */
export function sharePath(token: string): string {
  return `/shared/${token}`;
}
