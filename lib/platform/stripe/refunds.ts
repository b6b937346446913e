import "server-only";
import type { Stripe } from "stripe";
import { readStripe, writeStripe } from "./client";

/** @throws StripeOutcomeError */
export function createRefund(
  params: { readonly intentId: string; readonly amountMinor: number; readonly refundId: string },
  idempotencyKey: string,
): Promise<Stripe.Refund> {
  return writeStripe((stripe) =>
    stripe.refunds.create(
      { payment_intent: params.intentId, amount: params.amountMinor, metadata: { refund: params.refundId } },
      { idempotencyKey },
    ),
  );
}

/** With its charge in it. @throws StripeOutcomeError */
export function retrieveRefund(id: string): Promise<Stripe.Refund> {
  return readStripe((stripe) => stripe.refunds.retrieve(id, { expand: ["charge"] }));
}

/**
 * Looks for a refund of ours whose create was not answered, by its metadata.
 * @returns null when there certainly is none
 * @throws StripeOutcomeError
 */
export async function findRefund(intentId: string, refundId: string): Promise<Stripe.Refund | null> {
  const refunds = await allRefunds({ payment_intent: intentId });
  return refunds.find((refund) => refund.metadata?.["refund"] === refundId) ?? null;
}

/** All refunds of a charge; money is their sum, never `charge.amount_refunded`. @throws StripeOutcomeError */
export function refundsOfCharge(chargeId: string): Promise<Stripe.Refund[]> {
  return allRefunds({ charge: chargeId });
}

async function allRefunds(of: { readonly charge: string } | { readonly payment_intent: string }) {
  const refunds: Stripe.Refund[] = [];
  for (;;) {
    const after = refunds.at(-1)?.id;
    const page = await readStripe((stripe) =>
      stripe.refunds.list({ ...of, limit: 100, ...(after ? { starting_after: after } : {}) }),
    );
    refunds.push(...page.data);
    if (!page.has_more || page.data.length === 0) return refunds;
  }
}

/** @throws StripeOutcomeError */
export function retrieveDispute(id: string): Promise<Stripe.Dispute> {
  return readStripe((stripe) => stripe.disputes.retrieve(id));
}
