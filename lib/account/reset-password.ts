import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import { hashLinkToken } from "./links";
import { consumePasswordReset, type LinkOwner } from "./store";

/**
 * Sets a new password with a mailed link, ends every session and, since only the owner of the address
 * can hold the link, confirms the address.
 * @throws AppError `rule_broken` for a link that is used, expired or unknown; `weak_password`.
 */
export async function resetPassword(input: { readonly token: string; readonly password: string }): Promise<LinkOwner> {
  const owner = await consumePasswordReset(hashLinkToken(input.token), input.password);
  await forgetAccess(owner.userId);
  return owner;
}
