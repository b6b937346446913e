import { sendMail } from "@/lib/platform/mail/send";
import { linkUrl, newLinkToken } from "./links";
import { issueEmailVerification } from "./store";

/**
 * Mails a link that proves the account's address. Does nothing when it is proven already.
 * @returns whether a mail was sent.
 * @throws AppError `provider_unavailable` when the mail could not be sent, `database_unavailable`.
 */
export async function requestEmailVerification(userId: string): Promise<boolean> {
  const { token, hash } = newLinkToken();
  const addressee = await issueEmailVerification(userId, hash);
  if (!addressee) return false;
  await sendMail({
    to: addressee.email,
    subject: "Confirm your address",
    greeting: `Hello ${addressee.displayName},`,
    paragraphs: [
      "please confirm that this address is yours. Gifts and notices that belong to it are shown to you from then on. The link works for three days.",
    ],
    action: { label: "Confirm address", url: linkUrl("/auth/verify", token) },
    note: "If you have not opened an account with DevMentor, ignore this mail: without the confirmation nobody sees anything of yours.",
    idempotencyKey: `verify-email/${hash}`,
  });
  return true;
}
