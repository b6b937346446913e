import { CURRENCIES, isCurrency } from "@/lib/kernel/money";

/** Why people give money back; the system has reasons of its own. */
export const REFUND_REASONS = ["requested_by_customer", "duplicate", "fraudulent"] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** So many times the least that can be given: 500 euros or dollars. */
const FOUR_EYES_TIMES = 1_000;

/** Above this, in minor units, a second person must approve a refund. */
export function fourEyesAbove(currency: string): number {
  return isCurrency(currency) ? CURRENCIES[currency].minimumMinor * FOUR_EYES_TIMES : 0;
}

const BY_HAND = "Agree with the donor on another way, such as a bank transfer, and note it with the pledge.";

/** The provider's words for why a refund came to nothing, and what can be done. */
const FAILURES: Readonly<Record<string, { readonly why: string; readonly next: string }>> = {
  charge_already_refunded: {
    why: "Stripe says that the payment was returned before.",
    next: "Nothing need be done if that was meant. The pledge’s page shows what has gone back.",
  },
  charge_disputed: {
    why: "The donor’s bank has opened a dispute about the payment, which must end first.",
    next: "Answer the dispute, or let it go: then the bank returns the money itself.",
  },
  charge_for_pending_refund_disputed: {
    why: "The donor’s bank opened a dispute about the payment while it was on its way.",
    next: "Answer the dispute, or let it go: then the bank returns the money itself.",
  },
  expired_or_canceled_card: { why: "The card that paid is expired or was cancelled.", next: BY_HAND },
  lost_or_stolen_card: { why: "The card that paid was reported lost or stolen.", next: BY_HAND },
  declined: { why: "The donor’s bank did not take it.", next: BY_HAND },
  insufficient_funds: {
    why: "There was not enough money in the account at Stripe.",
    next: "Ask for it again on the pledge’s page when there is.",
  },
};

/** Why a refund came to nothing, and what can be done, in words for whoever runs the campaign. */
export function failedRefundWords(reason: string | null): { readonly why: string; readonly next: string } {
  return (
    FAILURES[reason ?? ""] ?? {
      why: reason ? `Stripe’s reason is “${reason.replaceAll("_", " ")}”.` : "Stripe gave no reason.",
      next: "Look at the payment in Stripe’s dashboard, then ask for the refund again or return the money another way.",
    }
  );
}
