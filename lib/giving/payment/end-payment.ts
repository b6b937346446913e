import "server-only";
import type { Stripe } from "stripe";
import { cancelIntent, findIntentOfPayment, retrieveIntent } from "@/lib/platform/stripe/intents";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { applyIntent } from "./apply-intent";
import { callForIntent } from "./provider-call";
import type { CancelReason, FactCause, PledgeView } from "./schemas";
import { applyFact, intendCancel, recordIntent } from "./store";

const REASON_AT_STRIPE: Readonly<Partial<Record<CancelReason, Stripe.PaymentIntentCancelParams.CancellationReason>>> = {
  risk_refused: "fraudulent",
  donor: "requested_by_customer",
};

/**
 * Ends a payment whose money was not taken: our intention is written, the intent cancelled (which lets go of a hold),
 * and only then the row says `failed` or `canceled`. Money that turns out to have been taken stays taken.
 * @throws StripeOutcomeError `unavailable` or `unknown`: the intention stands, and the sweeper carries it out
 */
export async function endPayment(before: PledgeView, reason: CancelReason, cause: FactCause): Promise<PledgeView> {
  const intended = await intendCancel(before.payment.id, reason);
  if (intended.payment.state === "failed" || intended.payment.state === "canceled") return intended;
  const { id: paymentId } = intended.payment;
  const intentId = intended.payment.intentId ?? (await lostIntent(intended));
  if (intentId === null) {
    const ended = await applyFact({ cause, kind: "read", paymentId, to: "canceled" });
    return ended.pledge && ended.payment ? { pledge: ended.pledge, payment: ended.payment } : intended;
  }
  const ended = await callForIntent({
    paymentId,
    operation: "cancel",
    intentId,
    call: (key) => cancelIntent(intentId, REASON_AT_STRIPE[reason] ?? "abandoned", key),
    done: (intent) => intent.status === "canceled",
  }).catch((error: unknown) => {
    // It was cancelled, or captured, by somebody else meanwhile: it says itself how it stands.
    if (error instanceof StripeOutcomeError && error.outcome === "refused") return retrieveIntent(intentId);
    throw error;
  });
  return applyIntent(ended, paymentId, cause);
}

/** An intent whose create was not answered, found by its metadata; null when there is none. */
async function lostIntent({ payment }: PledgeView): Promise<string | null> {
  const found = await findIntentOfPayment(payment.id, new Date(payment.createdAt));
  if (!found) return null;
  await recordIntent(payment.id, found.id);
  return found.id;
}
