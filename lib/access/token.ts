/** What a token says about itself. Nothing of it is believed until the Data API has verified the token. */
export interface TokenHint {
  readonly userId: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a JWT's payload without verifying it; null when it is not one of ours by shape. */
export function readTokenHint(token: string): TokenHint | null {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  if (!payload || token.length > 8192) return null;
  try {
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { sub?: unknown; exp?: unknown };
    if (typeof claims.sub !== "string" || !UUID.test(claims.sub) || typeof claims.exp !== "number") return null;
    return { userId: claims.sub.toLowerCase(), expiresAt: claims.exp };
  } catch {
    // Not JSON: not a token of ours, which is all that is asked here.
    return null;
  }
}
