import { formatMoney, formatRoundMoney } from "@/lib/kernel/money";
import { failedRefundWords } from "../refund/rules";
import type { FailedRefund, MailFacts, MailKind, OwnerDigest } from "./schemas";

/** The words of a mail; the addresses and links are added where it is sent. */
export interface MailWords {
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly action: string;
  readonly note: string;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** A day in UTC for people, e.g. "25 November 2026". */
export function dayOf(at: string): string {
  return DAY.format(new Date(at));
}

/** The number of a receipt: the day the money was taken and the beginning of the payment's id. */
export function receiptNumber(paymentId: string, takenAt: string): string {
  return `R-${takenAt.slice(0, 10).replaceAll("-", "")}-${paymentId.slice(0, 8).toUpperCase()}`;
}

/** A card as people know it, e.g. "Visa ending in 4242". */
export function cardWords(brand: string | null, last4: string | null): string {
  if (brand === null || last4 === null) return "Card";
  const names: Readonly<Record<string, string>> = {
    visa: "Visa",
    mastercard: "Mastercard",
    amex: "American Express",
    discover: "Discover",
    jcb: "JCB",
    diners: "Diners Club",
    unionpay: "UnionPay",
  };
  return `${names[brand] ?? brand} ending in ${last4}`;
}

/** The first line of a mail. */
export const greet = (name: string | null): string => (name ? `Hello ${name},` : "Hello,");

/** What was given, and with which card. */
export function moneyFacts(facts: MailFacts): MailWords["facts"] {
  const money = (minor: number): string => formatMoney(minor, facts.currency);
  return [
    { label: "Campaign", value: facts.campaignTitle },
    { label: "Gift", value: money(facts.giftMinor) },
    ...(facts.coverMinor > 0
      ? [
          { label: "Covered fees", value: money(facts.coverMinor) },
          { label: "Charged in all", value: money(facts.totalMinor) },
        ]
      : []),
    { label: "Paid with", value: cardWords(facts.cardBrand, facts.cardLast4) },
  ];
}

const NOT_YOU = "If you did not make this gift, answer this mail: we will look into it and give the money back.";

/** Mails that say how a payment stands. */
export type PaymentMailKind = Exclude<
  MailKind,
  "refund_failed" | "refund_corrected" | "dispute" | "dispute_owner" | "owner_digest"
>;

/** What a mail about a payment says. */
export function paymentMail(kind: PaymentMailKind, facts: MailFacts): MailWords {
  const gift = formatMoney(facts.giftMinor, facts.currency);
  switch (kind) {
    case "thanks":
      return {
        subject: `Thank you for your gift to ${facts.campaignTitle}`,
        greeting: greet(facts.donor.name),
        paragraphs: [
          `thank you. ${gift} is held on your card for ${facts.campaignTitle}. We check each payment before we take the money, which mostly takes a minute or two.`,
          "As soon as it is taken you get a receipt. If it should not work out, the hold ends and nothing is charged.",
        ],
        facts: moneyFacts(facts),
        action: "Follow your gift",
        note: NOT_YOU,
      };
    case "receipt": {
      const takenAt = facts.capturedAt ?? facts.pledgedAt;
      return {
        subject: `Receipt: ${gift} to ${facts.campaignTitle}`,
        greeting: greet(facts.donor.name),
        paragraphs: [`your gift has arrived: ${gift} for ${facts.campaignTitle}. It counts as raised from now on.`],
        facts: [
          { label: "Receipt", value: receiptNumber(facts.paymentId, takenAt) },
          { label: "Date", value: dayOf(takenAt) },
          ...moneyFacts(facts),
        ],
        action: "See your gift and get the PDF",
        note: NOT_YOU,
      };
    }
    case "refund":
      return {
        subject: `Money returned: your gift to ${facts.campaignTitle}`,
        greeting: greet(facts.donor.name),
        paragraphs: [
          `${formatMoney(facts.refundedMinor, facts.currency)} of your gift to ${facts.campaignTitle} has been returned to your card. Banks take five to ten days to show it.`,
        ],
        facts: [
          { label: "Returned so far", value: formatMoney(facts.refundedMinor, facts.currency) },
          ...moneyFacts(facts),
        ],
        action: "See your gift",
        note: "Your receipt shows what was given and what was returned.",
      };
    case "failure":
      return facts.campaignStatus === "cancelled" ? cancelledMail(facts, gift) : failureMail(facts, gift);
    case "owner_gift":
      return {
        subject: `${gift} for ${facts.campaignTitle}`,
        greeting: greet(facts.owner?.name ?? null),
        paragraphs: [
          `${facts.anonymous ? "Somebody who wants to stay unnamed" : (facts.donor.name ?? "Somebody")} gave ${gift} to ${facts.campaignTitle}.`,
          ...(facts.donor.message && !facts.anonymous ? [`They wrote: “${facts.donor.message}”`] : []),
        ],
        facts: [
          { label: "Campaign", value: facts.campaignTitle },
          { label: "Gift", value: gift },
        ],
        action: "See the campaign’s pledges",
        note: "You get this because you run this campaign and asked for a mail for each gift.",
      };
  }
}

function failureMail(facts: MailFacts, gift: string): MailWords {
  return {
    subject: `Your gift to ${facts.campaignTitle} did not go through`,
    greeting: greet(facts.donor.name),
    paragraphs: [
      `the payment of ${gift} for ${facts.campaignTitle} did not work out, and your card was not charged. Should your bank still show a hold, it ends by itself within some days.`,
      "If you would like to try again, with this card or another, your gift’s page is still open.",
    ],
    facts: moneyFacts(facts).filter(({ label }) => label === "Campaign" || label === "Gift"),
    action: "Try again",
    note: "If you have changed your mind you need not do anything.",
  };
}

/** Nothing can be tried again: there is no campaign to give to. */
function cancelledMail(facts: MailFacts, gift: string): MailWords {
  return {
    subject: `${facts.campaignTitle} was cancelled: your card is not charged`,
    greeting: greet(facts.donor.name),
    paragraphs: [
      `${facts.campaignTitle} was cancelled before your gift of ${gift} was taken. Your card was not charged, and the hold on it has been let go; some banks show it for a few days more.`,
    ],
    facts: moneyFacts(facts).filter(({ label }) => label === "Campaign" || label === "Gift"),
    action: "See your gift",
    note: "You need not do anything.",
  };
}

/** A refund came to nothing, for whoever can do something about it. */
export function failedRefundMail(refund: FailedRefund): MailWords {
  const amount = formatMoney(refund.amountMinor, refund.currency);
  const { why, next } = failedRefundWords(refund.failureReason);
  return {
    subject: `A refund did not go through: ${amount}, ${refund.campaignTitle}`,
    greeting: greet(refund.to.name),
    paragraphs: [
      `${amount} of a gift to ${refund.campaignTitle} did not go back to its donor. ${why} The books count the money as not returned.`,
      next,
    ],
    facts: [
      { label: "Campaign", value: refund.campaignTitle },
      { label: "Amount", value: amount },
      { label: "To", value: cardWords(refund.cardBrand, refund.cardLast4) },
    ],
    action: "See the pledge",
    note: `${
      refund.asked ? "You get this because you asked for the refund." : "You get this because you own this campaign."
    } ${refund.donorTold ? "The donor has been told that the money did not arrive." : "The donor has not been told."}`,
  };
}

/** The gifts of one day to one campaign. */
export function digestMail(digest: OwnerDigest, day: string): MailWords {
  const amount = formatMoney(digest.amountMinor, digest.currency);
  const gifts = digest.gifts === 1 ? "one gift" : `${digest.gifts.toLocaleString("en")} gifts`;
  return {
    subject: `${amount} for ${digest.campaignTitle} on ${dayOf(day)}`,
    greeting: greet(digest.owner.name),
    paragraphs: [`${gifts} of ${amount} in all came in for ${digest.campaignTitle} on ${dayOf(day)}.`],
    facts: [
      { label: "That day", value: amount },
      { label: "Raised in all", value: formatMoney(digest.raisedMinor, digest.currency) },
      { label: "Goal", value: formatRoundMoney(digest.goalMinor, digest.currency) },
    ],
    action: "See the campaign’s pledges",
    note: "You get this once a day, on days with gifts, because you run this campaign.",
  };
}
