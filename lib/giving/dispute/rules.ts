import { AppError, type FieldIssue } from "@/lib/kernel/errors";
import { formatMoney } from "@/lib/kernel/money";
import { EVIDENCE_TOTAL, FIELD_LIMIT, type DisputeFacts, type Evidence, type EvidenceField } from "./schemas";

/** Those that are a line, not a text. */
export const SHORT_FIELDS: ReadonlySet<EvidenceField> = new Set([
  "customer_name",
  "customer_email_address",
  "customer_purchase_ip",
  "service_date",
  "duplicate_charge_id",
]);

/** Stripe's states of an appeal are, to us, a dispute that wants an answer or is decided about once more. */
export function disputeStatusOf(status: string): string {
  return status.replace(/^appeal_/, "");
}

const tooLong = (path: string, length: number, most: number): FieldIssue => ({
  path,
  message: `${length.toLocaleString("en")} characters are too many: the bank takes ${most.toLocaleString("en")}.`,
});

/**
 * Evidence as it is kept: without what is empty.
 * @throws AppError `rule_broken` with the path of each text that is too long
 */
export function checkedEvidence(evidence: Evidence): Evidence {
  const kept = Object.entries(evidence).flatMap(([name, text]) => (text?.trim() ? [[name, text] as const] : []));
  const issues = kept.flatMap(([name, text]) => {
    return text.length > FIELD_LIMIT ? [tooLong(`evidence.${name}`, text.length, FIELD_LIMIT)] : [];
  });
  const total = kept.reduce((sum, [, text]) => sum + text.length, 0);
  if (total > EVIDENCE_TOTAL) issues.push(tooLong("evidence", total, EVIDENCE_TOTAL));
  if (issues.length > 0)
    throw new AppError("rule_broken", "The evidence is longer than the bank takes. Nothing was saved.", { issues });
  return Object.fromEntries(kept);
}

const REASONS: Readonly<Record<string, string>> = {
  fraudulent: "The cardholder says that they did not make this payment.",
  duplicate: "The cardholder says that they were charged twice.",
  product_not_received: "The cardholder says that they did not get what they paid for.",
  product_unacceptable: "The cardholder says that what they got is not what was described.",
  credit_not_processed: "The cardholder says that a refund which they were promised did not come.",
  subscription_canceled: "The cardholder says that they had ended what they were charged for.",
  unrecognized: "The cardholder does not recognise the payment on their statement.",
  noncompliant: "The bank says that a rule of the card network was broken.",
  general: "The bank gives no particular reason.",
};

/** What the cardholder says, in words; Stripe's own word where we know none. */
export function disputeReasonWords(reason: string | null): string {
  if (reason === null) return "The bank gives no reason.";
  return REASONS[reason] ?? `The bank’s reason is “${reason.replaceAll("_", " ")}”.`;
}

const STATES: Readonly<Record<string, string>> = {
  warning_needs_response: "The bank asks about this payment. No money has moved; an answer may prevent a dispute.",
  warning_under_review: "The bank has our answer to its question. No money has moved.",
  warning_closed: "The bank’s question is closed. No money has moved.",
  needs_response: "The bank has taken the money, and gives it back only if an answer convinces it.",
  under_review:
    "The bank has our answer and decides. It keeps the money until then, which may take two to three months.",
  won: "The bank has decided for us. The money is back; the fee of the dispute is not.",
  lost: "The bank has decided for the cardholder, who keeps the money.",
  prevented: "It was settled before it became a dispute. No money has moved.",
};

/** What a state of a dispute means for the money. */
export function disputeStateWords(status: string): string {
  return STATES[status] ?? status.replaceAll("_", " ");
}

const at = (moment: string): string => `${moment.slice(0, 10)} ${moment.slice(11, 19)} UTC`;

const MAILS: Readonly<Record<string, string>> = {
  thanks: "Thank-you mail with a link to the gift's page",
  receipt: "Receipt",
  refund: "Notice of a refund",
};

function activity(facts: DisputeFacts): string {
  const lines: (readonly [string, string])[] = [
    [
      facts.pledgedAt,
      facts.signedIn
        ? `Donor, signed in${facts.emailVerified ? " with a verified e-mail address" : ""}, promised the gift on the campaign's page`
        : "Donor promised the gift on the campaign's page and gave name and e-mail address",
    ],
  ];
  if (facts.authorizedAt) lines.push([facts.authorizedAt, "Donor's bank authorised the payment"]);
  if (facts.capturedAt) lines.push([facts.capturedAt, "The payment was taken"]);
  for (const { kind, recipient, sentAt } of facts.mails)
    lines.push([sentAt, `${MAILS[kind] ?? "Mail"} sent to ${recipient}`]);
  for (const refund of facts.refunds)
    lines.push([refund.at, `Refund of ${formatMoney(refund.amountMinor, facts.currency)}: ${refund.status}`]);
  return lines
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([when, what]) => `${at(when)}  ${what}`)
    .join("\n");
}

function otherGifts({ otherGifts: gifts }: DisputeFacts): string[] {
  if (gifts.length === 0) return [];
  const lines = gifts.map(({ at: when, amountMinor, currency, sameCard, sameNetwork, intentId }) => {
    const same = [sameCard ? "the same card" : null, sameNetwork ? "the same network address" : null].filter(Boolean);
    const how = same.length > 0 ? `, with ${same.join(" and ")}` : "";
    return `${at(when)}  ${formatMoney(amountMinor, currency)}${how}${intentId ? ` (${intentId})` : ""}`;
  });
  return ["Other gifts with the same e-mail address, which nobody has disputed:", ...lines];
}

/** Evidence made of what is known, for people to read, correct and complete. @param links full addresses of our pages */
export function proposeEvidence(
  facts: DisputeFacts,
  reason: string | null,
  links: { readonly campaign: string },
): Evidence {
  const total = facts.giftMinor + facts.coverMinor;
  const paid = formatMoney(total, facts.currency);
  const cover =
    facts.coverMinor > 0
      ? ` (a gift of ${formatMoney(facts.giftMinor, facts.currency)}, and ${formatMoney(facts.coverMinor, facts.currency)} that the donor added to cover fees)`
      : "";
  const card = facts.cardBrand && facts.cardLast4 ? `${facts.cardBrand} ending in ${facts.cardLast4}` : "the card";
  const receipt = facts.mails.find(({ kind }) => kind === "receipt");
  const twin = facts.otherGifts.find(
    (gift) => gift.sameCampaign && gift.amountMinor === total && gift.currency === facts.currency,
  );
  const texts: { [name in EvidenceField]?: string | null | undefined } = {
    product_description: `A donation of ${paid}${cover} to the campaign “${facts.campaignTitle}” (${links.campaign}): ${facts.campaignSummary}\nA donation is a gift; nothing is sent in return.`,
    customer_name: facts.donorName,
    customer_email_address: facts.donorEmail,
    service_date: (facts.capturedAt ?? facts.pledgedAt).slice(0, 10),
    access_activity_log: activity(facts),
    refund_policy_disclosure:
      "The thank-you mail and the receipt say: “If you did not make this gift, answer this mail: we will look into it and give the money back.”",
    ...(reason === "duplicate"
      ? {
          duplicate_charge_id: twin?.intentId,
          duplicate_charge_explanation: twin
            ? "Both are gifts that the donor made one after the other: each has a pledge, a confirmation by the donor, and a receipt of its own."
            : "We have taken one payment for this gift. There is no other of the same amount by this donor to this campaign.",
        }
      : {}),
    uncategorized_text: [
      `Paid with ${card}${facts.cardCountry ? `, issued in ${facts.cardCountry}` : ""}.${facts.riskLevel ? ` Radar's risk level at the time: ${facts.riskLevel}.` : ""}`,
      receipt ? `The receipt was mailed to ${receipt.recipient} at ${at(receipt.sentAt)}.` : null,
      facts.donorMessage ? `With the gift the donor wrote: “${facts.donorMessage}”` : null,
      ...otherGifts(facts),
    ]
      .filter(Boolean)
      .join("\n"),
  };
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text));
}
