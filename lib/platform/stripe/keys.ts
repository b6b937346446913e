/** Operations on a payment that Stripe gets an idempotency key for. */
export type PaymentOperation = "create" | "confirm" | "capture" | "cancel";

/**
 * The key under which Stripe does an operation once: derived from our row, so that any process that goes on with it
 * uses the same.
 * @param n grows only after an answered 5xx (which Stripe saves and replays) and a read that shows no effect
 */
export function paymentKey(paymentId: string, operation: PaymentOperation, n: number): string {
  return `payment_${paymentId}_${operation}_${n}`;
}

/** The same for a refund of ours. */
export function refundKey(refundId: string, n: number): string {
  return `refund_${refundId}_${n}`;
}

/** The same for an answer of ours to a dispute. */
export function disputeKey(answerId: string, n: number): string {
  return `dispute_${answerId}_${n}`;
}

/** Stripe may forget a key after 24 hours; an hour is left for clocks and for the call itself. */
const KEY_HOURS = 23;

/** Whether a create may still be repeated under its key; later its effect is looked for instead. */
export function keyStillKnown(firstTriedAt: Date, now: Date): boolean {
  return now.getTime() - firstTriedAt.getTime() < KEY_HOURS * 3_600_000;
}
