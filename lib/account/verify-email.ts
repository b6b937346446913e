import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import { hashLinkToken } from "./links";
import { consumeVerification, type LinkOwner } from "./store";

/**
 * Confirms an address with a mailed link.
 * @throws AppError `rule_broken` for a link that is used, expired, unknown, or for an earlier address.
 */
export async function verifyEmail(token: string): Promise<LinkOwner> {
  const owner = await consumeVerification(hashLinkToken(token));
  await forgetAccess(owner.userId);
  return owner;
}
