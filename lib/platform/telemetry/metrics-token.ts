import { createHash, timingSafeEqual } from "node:crypto";

/** Digests have one length, so that the time of the comparison says nothing of the token, not even its length. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * Whether a caller brings the bearer token of the metrics.
 * @param authorization the `Authorization` header
 * @param token METRICS_TOKEN; without one nobody brings it
 */
export function bearsMetricsToken(authorization: string | null | undefined, token: string | undefined): boolean {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  return token !== undefined && given !== undefined && timingSafeEqual(digest(given), digest(token));
}
