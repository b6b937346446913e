import "server-only";
import { appLink } from "@/lib/platform/mail/app-link";
import type { MailMessage } from "@/lib/platform/mail/message";
import { sendMail } from "@/lib/platform/mail/send";
import { statusToken } from "../pledge/status-token";
import type { MailWords } from "./rules";
import { settleMail } from "./store";

/** How one ends mails of a kind. */
export type WayOut = NonNullable<MailMessage["unsubscribe"]>;

/** What a mail says, and where its button leads. */
export interface Letter {
  readonly words: MailWords;
  readonly url: string;
}

interface Sending extends Letter {
  readonly id: string;
  readonly number: number;
  readonly to: string;
  readonly unsubscribe?: WayOut;
}

/** Sends a mail that was claimed, and notes that the provider has it. @throws AppError `provider_unavailable` */
export async function post({ id, number, to, words, url, unsubscribe }: Sending): Promise<void> {
  const { action, ...rest } = words;
  await sendMail({
    ...rest,
    to,
    action: { label: action, url },
    ...(unsubscribe ? { unsubscribe } : {}),
    // A try that ended without an answer bears the same number when it is repeated.
    idempotencyKey: `giving-mail/${id}/${number}`,
  });
  await settleMail(id, number);
}

/** The donor's page of a gift; the token stands in the fragment, which no server and no log ever sees. */
export function giftLink(pledgeId: string): string {
  return `${appLink(`/pledges/${pledgeId}`)}#${statusToken(pledgeId)}`;
}
