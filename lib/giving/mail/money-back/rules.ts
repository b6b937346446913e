import { disputeReasonWords } from "@/lib/giving/dispute/rules";
import { formatMoney } from "@/lib/kernel/money";
import { cardWords, greet, moneyFacts, type MailWords } from "../rules";
import type { DisputeNews, DisputeStage, MailFacts } from "../schemas";

/** A refund that its donor was told of did not arrive. @param amountMinor what came back to us */
export function correctionMail(facts: MailFacts, amountMinor: number): MailWords {
  const amount = formatMoney(amountMinor, facts.currency);
  return {
    subject: `Correction: ${amount} did not reach your card`,
    greeting: greet(facts.donor.name),
    paragraphs: [
      `${amount} of your gift to ${facts.campaignTitle} were on their way back to your card. Your bank did not take the money, so it is with us again, and is counted as given until it goes back to you in another way.`,
      "Whoever runs the campaign has been told. Answer this mail if your card is no longer in use, and say how the money can reach you.",
    ],
    facts: [
      { label: "Did not arrive", value: amount },
      { label: "Returned so far", value: formatMoney(facts.refundedMinor, facts.currency) },
      ...moneyFacts(facts),
    ],
    action: "See your gift",
    note: "This corrects the mail in which we said that the money had been returned.",
  };
}

/** Of which stage of a dispute a status tells; null: of none that is told. */
export function disputeStageOf(status: string): DisputeStage | null {
  const stages: Readonly<Record<string, DisputeStage>> = {
    warning_needs_response: "inquiry",
    warning_closed: "closed",
    needs_response: "opened",
    won: "won",
    lost: "lost",
  };
  return stages[status] ?? null;
}

function disputeFacts(news: DisputeNews): MailWords["facts"] {
  return [
    { label: "Campaign", value: news.campaignTitle },
    { label: "Disputed", value: formatMoney(news.amountMinor, news.currency) },
    { label: "Paid with", value: cardWords(news.cardBrand, news.cardLast4) },
  ];
}

/** What a donor is told of a dispute of their gift; null: nothing, because no money has moved. */
export function disputeMail(news: DisputeNews, stage: DisputeStage): MailWords | null {
  const amount = formatMoney(news.amountMinor, news.currency);
  const shared = { greeting: greet(news.donor.name), facts: disputeFacts(news), action: "See your gift" };
  switch (stage) {
    case "opened":
      return {
        ...shared,
        subject: `Your bank disputes your gift to ${news.campaignTitle}`,
        paragraphs: [
          `your bank has told us that your gift of ${amount} to ${news.campaignTitle} is disputed, and has taken the money back until it decides.`,
          "If you did not make this gift, you need not do anything. If you did, or did not recognise it on your statement at first, tell your bank that the payment is yours: then the campaign gets it back.",
        ],
        note: "You get this because a gift was made with your e-mail address.",
      };
    case "won":
      return {
        ...shared,
        subject: `Your gift to ${news.campaignTitle} stands`,
        paragraphs: [
          `your bank has decided that the payment of ${amount} to ${news.campaignTitle} was right, and the campaign has it again. It counts as raised.`,
        ],
        note: "If you see it otherwise, your bank can tell you what you can do. You can also answer this mail.",
      };
    case "lost":
      return {
        ...shared,
        subject: `Your bank has returned ${amount}`,
        paragraphs: [
          `your bank has decided that ${amount} which were given to ${news.campaignTitle} stay with you. Your gift no longer counts, and we charge nothing more.`,
        ],
        note: "You need not do anything.",
      };
    default:
      return null;
  }
}

const DEADLINE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

/** What who owns the campaign is told of a dispute. */
export function disputeOwnerMail(news: DisputeNews, stage: DisputeStage): MailWords {
  const amount = formatMoney(news.amountMinor, news.currency);
  const due = news.evidenceDueBy ? `${DEADLINE.format(new Date(news.evidenceDueBy))} UTC` : null;
  const shared = {
    greeting: greet(news.owner?.name ?? null),
    facts: [
      ...disputeFacts(news),
      ...(news.feeMinor > 0 ? [{ label: "Fee of the dispute", value: formatMoney(news.feeMinor, news.currency) }] : []),
      ...(due && (stage === "opened" || stage === "inquiry") ? [{ label: "Answer by", value: due }] : []),
    ],
    action: stage === "opened" || stage === "inquiry" ? "Answer it" : "See the dispute",
    note: "You get this because you own this campaign.",
  };
  switch (stage) {
    case "inquiry":
      return {
        ...shared,
        subject: `A bank asks about a gift of ${amount} to ${news.campaignTitle}`,
        paragraphs: [
          `a donor’s bank asks about a gift of ${amount} to ${news.campaignTitle}. ${disputeReasonWords(news.reason)} No money has moved. An answer in time may prevent a dispute.`,
        ],
      };
    case "opened":
      return {
        ...shared,
        subject: `A gift of ${amount} to ${news.campaignTitle} is disputed`,
        paragraphs: [
          `a donor’s bank has taken back a gift of ${amount} to ${news.campaignTitle}. ${disputeReasonWords(news.reason)}`,
          "We have put together what is known of it. Read it, complete it and send it in time: without an answer the bank keeps the money. If the donor is right, accept the dispute instead.",
        ],
      };
    case "won":
      return {
        ...shared,
        subject: `Won: ${amount} for ${news.campaignTitle}`,
        paragraphs: [
          `the bank has decided for us: ${amount} for ${news.campaignTitle} are back. The fee of the dispute is not returned.`,
        ],
      };
    case "lost":
      return {
        ...shared,
        subject: `Lost: ${amount} for ${news.campaignTitle}`,
        paragraphs: [
          `the bank has decided for the cardholder: ${amount} for ${news.campaignTitle} stay there. The campaign’s total no longer counts them.`,
        ],
      };
    case "closed":
      return {
        ...shared,
        subject: `A bank’s question about a gift to ${news.campaignTitle} is closed`,
        paragraphs: [`the bank asks no longer about a gift of ${amount} to ${news.campaignTitle}. No money has moved.`],
      };
  }
}
