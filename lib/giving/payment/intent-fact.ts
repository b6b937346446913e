import type { Stripe } from "stripe";
import type { FactCause } from "./schemas";
import type { PaymentFact } from "./store";

/** Where an intent's status leads its payment; nowhere while the donor or the bank has still to act. */
const LEADS_TO: Readonly<Partial<Record<Stripe.PaymentIntent.Status, PaymentFact["to"]>>> = {
  requires_capture: "authorized",
  succeeded: "completed",
  canceled: "canceled",
};

/** What a PaymentIntent says of its payment, as a fact for the database. */
export function factOfIntent(intent: Stripe.PaymentIntent, cause: FactCause, kind: string): PaymentFact {
  const charge = typeof intent.latest_charge === "object" ? intent.latest_charge : null;
  const chargeId = typeof intent.latest_charge === "string" ? intent.latest_charge : charge?.id;
  return {
    cause,
    kind,
    intentId: intent.id,
    status: intent.status,
    to: LEADS_TO[intent.status],
    amountMinor: intent.amount,
    currency: intent.currency.toUpperCase(),
    ...(intent.status === "succeeded" ? { capturedMinor: intent.amount_received } : {}),
    chargeId,
    ...(charge ? detailsOfCharge(charge) : {}),
  };
}

/** Card, risk and the end of the hold, as the charge knows them. */
export function detailsOfCharge(charge: Stripe.Charge): Pick<PaymentFact, "card" | "risk" | "captureBefore"> {
  const card = charge.payment_method_details?.card;
  const before = card?.capture_before;
  return {
    ...(card
      ? { card: { fingerprint: card.fingerprint, brand: card.brand, last4: card.last4, country: card.country } }
      : {}),
    ...(charge.outcome?.risk_level
      ? { risk: { level: charge.outcome.risk_level, score: charge.outcome.risk_score ?? null } }
      : {}),
    ...(before ? { captureBefore: new Date(before * 1000).toISOString() } : {}),
  };
}

/** The decline that an intent stands at: it was confirmed, the bank said no, and nobody has tried again. */
export function declineOf(intent: Stripe.PaymentIntent): {
  readonly code: string;
  readonly declineCode?: string;
  readonly message?: string;
  readonly chargeId?: string;
} | null {
  const error = intent.last_payment_error;
  if (!error || !["requires_payment_method", "canceled"].includes(intent.status)) return null;
  return {
    code: error.code ?? "card_declined",
    ...(error.decline_code ? { declineCode: error.decline_code } : {}),
    ...(error.message ? { message: error.message } : {}),
    ...(error.charge ? { chargeId: error.charge } : {}),
  };
}
