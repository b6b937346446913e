/** One mail in plain words; how it looks is the layout's business. */
export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  /** "Hello Ada," or the like. */
  readonly greeting: string;
  /** What happened and what it means, a sentence or two each. */
  readonly paragraphs: readonly string[];
  /** Figures and names that belong to it, as a small table under the words. */
  readonly facts?: readonly { readonly label: string; readonly value: string }[];
  readonly action?: { readonly label: string; readonly url: string };
  /** Said small at the end: why they got this, what to do if it was not them. */
  readonly note: string;
  /** How one ends mails of this kind; only for what is not about the reader's own doing. */
  readonly unsubscribe?: {
    /** A page that asks first, for people. */
    readonly pageUrl: string;
    /** Takes a mail program's one click as a POST (RFC 8058). */
    readonly postUrl: string;
  };
  /** The same key never sends twice within a day. */
  readonly idempotencyKey: string;
}

/** The mail as text; its lines are short enough for every reader. */
export function plainText(message: MailMessage): string {
  const facts = message.facts ? [message.facts.map(({ label, value }) => `${label}: ${value}`).join("\n")] : [];
  const action = message.action ? [`${message.action.label}:\n${message.action.url}`] : [];
  const wayOut = message.unsubscribe ? `\nNo more mails like this: ${message.unsubscribe.pageUrl}` : "";
  return [message.greeting, ...message.paragraphs, ...facts, ...action, `--\n${message.note}${wayOut}`].join("\n\n");
}
