import type { Stripe } from "stripe";
import { disputeStatusOf } from "@/lib/giving/dispute/rules";
import type { FactCause } from "@/lib/giving/payment/schemas";
import type { DisputeFact, RefundFact } from "./store";

const idOf = (expandable: string | { readonly id: string } | null | undefined): string | undefined =>
  typeof expandable === "string" ? expandable : expandable?.id;

/**
 * What Stripe's Refund says, as a fact for the database.
 * @param readAt when it was read: of two reads the later counts
 */
export function factOfRefund(refund: Stripe.Refund, cause: FactCause, readAt: Date): RefundFact {
  return {
    cause,
    refundId: refund.id,
    id: refund.metadata?.["refund"],
    intentId: idOf(refund.payment_intent),
    chargeId: idOf(refund.charge),
    chargeCaptured: typeof refund.charge === "object" ? refund.charge?.captured : undefined,
    amountMinor: refund.amount,
    currency: refund.currency.toUpperCase(),
    status: refund.status ?? "pending",
    failureReason: refund.failure_reason,
    reason: refund.reason ?? undefined,
    readAt: readAt.toISOString(),
  };
}

/** What Stripe's Dispute says, likewise. */
export function factOfDispute(dispute: Stripe.Dispute, cause: FactCause, readAt: Date): DisputeFact {
  const dueBy = dispute.evidence_details.due_by;
  const feeMinor = dispute.balance_transactions.reduce((sum, transaction) => sum + transaction.fee, 0);
  return {
    cause,
    disputeId: dispute.id,
    intentId: idOf(dispute.payment_intent),
    chargeId: idOf(dispute.charge),
    amountMinor: dispute.amount,
    currency: dispute.currency.toUpperCase(),
    status: disputeStatusOf(dispute.status),
    reason: dispute.reason,
    evidenceDueBy: dueBy ? new Date(dueBy * 1000).toISOString() : undefined,
    feeMinor,
    readAt: readAt.toISOString(),
  };
}
