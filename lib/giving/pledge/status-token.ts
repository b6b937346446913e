import "server-only";
import { isSignature, signatureOf } from "@/lib/platform/signing/signature";

const PURPOSE = "pledge-status:v1";

/**
 * What opens a pledge without an account: an HMAC over its id, so that it is stored nowhere. It goes into the
 * fragment of the status page's address and into the header `X-Status-Token`, never into a log.
 */
export function statusToken(pledgeId: string): string {
  return signatureOf(PURPOSE, pledgeId.toLowerCase());
}

export function opensPledge(pledgeId: string, token: string | null): boolean {
  return token !== null && isSignature(PURPOSE, pledgeId.toLowerCase(), token);
}
