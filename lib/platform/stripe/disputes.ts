import "server-only";
import type { Stripe } from "stripe";
import { writeStripe } from "./client";

/** Sends evidence to the bank; afterwards it cannot be changed. @throws StripeOutcomeError */
export function submitEvidence(
  id: string,
  evidence: Stripe.DisputeUpdateParams.Evidence,
  idempotencyKey: string,
): Promise<Stripe.Dispute> {
  return writeStripe((stripe) => stripe.disputes.update(id, { evidence, submit: true }, { idempotencyKey }));
}

/** Lets a dispute go: the cardholder keeps the money, and an inquiry ends. @throws StripeOutcomeError */
export function closeDispute(id: string, idempotencyKey: string): Promise<Stripe.Dispute> {
  return writeStripe((stripe) => stripe.disputes.close(id, {}, { idempotencyKey }));
}
