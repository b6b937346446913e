import "server-only";
import type { Stripe } from "stripe";
import { AppError } from "@/lib/kernel/errors";
import { retrieveIntent } from "@/lib/platform/stripe/intents";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { refundsOfCharge, retrieveDispute, retrieveRefund } from "@/lib/platform/stripe/refunds";
import { declineOf, detailsOfCharge, factOfIntent } from "@/lib/giving/payment/intent-fact";
import { applyFact, findPayment, recordAttempt, type PaymentFact } from "@/lib/giving/payment/store";
import { factOfDispute, factOfRefund } from "@/lib/giving/refund/refund-fact";
import { beginReconciliation } from "@/lib/giving/reconciliation/look-after-runs";
import { recordDispute, recordRefund, type Applied } from "@/lib/giving/refund/store";
import { settleEvent } from "./store";

/** What came of an event. `paymentId` names the payment that it was about, where one is known. */
export interface EventOutcome {
  readonly outcome: "applied" | "superseded" | "duplicate" | "noted" | "parked" | "rejected";
  readonly reason?: string | undefined;
  readonly paymentId?: string | undefined;
}

/**
 * Applies an event of Stripe's that stands in the inbox, by the table of the contract. Repeated, reordered and late
 * ones come to the same end, because the database compares each fact with its row.
 * @param reading the number of what is read again for it: taken before, so that nothing which it tells of can be missed
 * @throws StripeOutcomeError when an object that has to be read again cannot be read now, AppError `database_unavailable`
 */
export async function applyStripeEvent(event: Stripe.Event, reading: number): Promise<EventOutcome> {
  switch (event.type) {
    case "payment_intent.amount_capturable_updated":
    case "payment_intent.succeeded":
    case "payment_intent.canceled":
      return applyPaymentFact({ ...factOfIntent(event.data.object, "webhook", event.type), ...of(event) });
    case "payment_intent.payment_failed":
      return applyDecline(event, event.data.object);
    case "charge.succeeded":
      return applyPaymentFact(
        factOfCharge(event, event.data.object, event.data.object.captured ? "captured" : "authorized"),
      );
    case "charge.captured":
      return applyPaymentFact(factOfCharge(event, event.data.object, "captured"));
    case "charge.expired":
      return applyPaymentFact(factOfCharge(event, event.data.object, "canceled"));
    case "charge.refunded":
      return applyRefundsOf(event, event.data.object, reading);
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
    case "charge.refund.updated":
      return applyRefund(event, event.data.object.id, reading);
    case "charge.dispute.created":
    case "charge.dispute.updated":
    case "charge.dispute.closed":
    case "charge.dispute.funds_withdrawn":
    case "charge.dispute.funds_reinstated":
      return applyDispute(event, event.data.object.id, reading);
    case "payout.paid":
      // What was paid out is what can be counted now: payments, fees and refunds are in the provider's balance.
      await beginReconciliation("payout");
      return settled(event, "applied");
    default:
      return settled(event, "noted");
  }
}

const of = (event: Stripe.Event) => ({ eventId: event.id, at: new Date(event.created * 1000).toISOString() });

function factOfCharge(event: Stripe.Event, charge: Stripe.Charge, to: NonNullable<PaymentFact["to"]>): PaymentFact {
  const intent = charge.payment_intent;
  return {
    ...of(event),
    cause: "webhook",
    kind: event.type,
    intentId: typeof intent === "string" ? intent : intent?.id,
    chargeId: charge.id,
    to,
    amountMinor: charge.amount,
    currency: charge.currency.toUpperCase(),
    ...(to === "captured" ? { capturedMinor: charge.amount_captured } : {}),
    ...detailsOfCharge(charge),
  };
}

/** One that cannot be is judged again by the object as it is now; only then it counts as a contradiction. */
async function applyPaymentFact(fact: PaymentFact): Promise<EventOutcome> {
  if (!fact.intentId) return settledAs(fact.eventId ?? "", "noted");
  const applied = await applyFact({ ...fact, final: false });
  if (applied.outcome !== "impossible") return asOutcome(applied);
  const { eventId, at, intentId } = fact;
  const now = await retrieveIntent(intentId).catch((error: unknown) => {
    if (error instanceof StripeOutcomeError && error.code === "resource_missing") return null;
    throw error;
  });
  const reread = now ? { ...factOfIntent(now, "webhook", fact.kind), eventId, at } : fact;
  return asOutcome(await applyFact({ ...reread, final: true }));
}

function asOutcome(applied: Awaited<ReturnType<typeof applyFact>>): EventOutcome {
  const { outcome, reason, paymentId } = applied;
  if (outcome === "unknown_payment") return { outcome: "parked" };
  if (outcome === "impossible") throw new Error("A final fact was answered as if it were not.");
  return { outcome, reason: reason ?? undefined, paymentId: paymentId ?? undefined };
}

/** A try that the bank declined: counted, and no step. The donor, or a later event, may still go on. */
async function applyDecline(event: Stripe.Event, intent: Stripe.PaymentIntent): Promise<EventOutcome> {
  const view = await findPayment({ intentId: intent.id });
  if (!view) return parked(event);
  const decline = declineOf({ ...intent, status: "requires_payment_method" });
  const card = intent.last_payment_error?.payment_method?.card;
  await recordAttempt({
    paymentId: view.payment.id,
    outcome: "declined",
    eventId: event.id,
    ...decline,
    ...(card
      ? { card: { fingerprint: card.fingerprint, brand: card.brand, last4: card.last4, country: card.country } }
      : {}),
  });
  return { ...(await settled(event, "applied")), paymentId: view.payment.id };
}

/** Older API versions tell of a refund when a hold is let go: nothing was captured, so nothing is lowered. */
async function applyRefundsOf(event: Stripe.Event, charge: Stripe.Charge, reading: number): Promise<EventOutcome> {
  if (!charge.captured) return settled(event, "noted");
  let paymentId: string | undefined;
  for (const refund of await refundsOfCharge(charge.id)) {
    const fact = { ...factOfRefund(refund, "webhook", reading), chargeCaptured: true, final: true };
    const applied = await caughtUp(fact, recordRefund);
    if (isAhead(applied)) return parked(event);
    paymentId = applied.paymentId ?? paymentId;
  }
  return { ...(await settled(event, "applied")), paymentId };
}

async function applyRefund(event: Stripe.Event, refundId: string, reading: number): Promise<EventOutcome> {
  const refund = await retrieveRefund(refundId);
  const fact = { ...factOfRefund(refund, "webhook", reading), eventId: event.id, final: true };
  return asMoneyBack(await caughtUp(fact, recordRefund));
}

async function applyDispute(event: Stripe.Event, disputeId: string, reading: number): Promise<EventOutcome> {
  const dispute = await retrieveDispute(disputeId);
  const fact = { ...factOfDispute(dispute, "webhook", reading), eventId: event.id, final: true };
  return asMoneyBack(await caughtUp(fact, recordDispute));
}

/** Money that goes back before our row knows that it was taken: its intent tells that first. */
async function caughtUp<Fact extends { readonly intentId?: string | undefined }>(
  fact: Fact,
  record: (fact: Fact) => Promise<Applied>,
): Promise<Applied> {
  const applied = await record(fact);
  if (applied.outcome !== "ahead" || !fact.intentId) return applied;
  await applyFact(factOfIntent(await retrieveIntent(fact.intentId), "webhook", "read"));
  return record(fact);
}

const isAhead = ({ outcome }: Applied): boolean => outcome === "unknown_payment" || outcome === "ahead";

function asMoneyBack(applied: Applied): EventOutcome {
  const { outcome, reason, paymentId } = applied;
  const known = (["applied", "superseded", "duplicate", "noted", "rejected"] as const).find((name) => name === outcome);
  if (isAhead(applied)) return { outcome: "parked" };
  if (!known) throw new AppError("internal", `The database answered an event with "${outcome}".`);
  return { outcome: known, reason: reason ?? undefined, paymentId: paymentId ?? undefined };
}

async function parked(event: Stripe.Event): Promise<EventOutcome> {
  await settleEvent(event.id, "parked", "unknown_payment");
  return { outcome: "parked" };
}

const settled = (event: Stripe.Event, outcome: "applied" | "noted"): Promise<EventOutcome> =>
  settledAs(event.id, outcome);

async function settledAs(eventId: string, outcome: "applied" | "noted"): Promise<EventOutcome> {
  await settleEvent(eventId, "processed", outcome);
  return { outcome };
}
