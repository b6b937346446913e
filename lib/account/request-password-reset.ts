import { sendMail } from "@/lib/platform/mail/send";
import { linkUrl, newLinkToken } from "./links";
import { issuePasswordReset } from "./store";

/**
 * Prepares a link that sets a new password. What is answered to the asker must be the same whether
 * or not there is an account; send the mail after the answer, so that the time it takes says nothing.
 * @returns how to send the mail; null when nobody has this address.
 * @throws AppError `database_unavailable`.
 */
export async function requestPasswordReset(email: string): Promise<(() => Promise<void>) | null> {
  const { token, hash } = newLinkToken();
  const addressee = await issuePasswordReset(email, hash);
  if (!addressee) return null;
  return () =>
    sendMail({
      to: addressee.email,
      subject: "Set a new password",
      greeting: `Hello ${addressee.displayName},`,
      paragraphs: [
        "somebody, probably you, asked to set a new password for your account. The link works for an hour and once. All sessions are ended when you use it.",
      ],
      action: { label: "Set a new password", url: linkUrl("/auth/reset", token) },
      note: "If you did not ask for this, ignore this mail: your password stays as it is.",
      idempotencyKey: `reset-password/${hash}`,
    });
}
