import "server-only";
import { createHmac, timingSafeEqual } from "node:crypto";
import { serverEnv } from "@/lib/env/server";

/**
 * An HMAC-SHA-256 under the server's signing key, base64url.
 * @param purpose keeps what is signed for one thing from being taken for another, e.g. `pledge-status:v1`
 */
export function signatureOf(purpose: string, text: string): string {
  return createHmac("sha256", serverEnv().LINK_SIGNING_KEY).update(`${purpose}:${text}`).digest("base64url");
}

/** Compares in constant time. */
export function isSignature(purpose: string, text: string, given: string): boolean {
  const expected = Buffer.from(signatureOf(purpose, text));
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
