import "server-only";
import { findIntentOfPayment, retrieveIntent, type Intent } from "@/lib/platform/stripe/intents";
import { refundLateCapture } from "@/lib/giving/refund/refund-late-capture";
import { applyIntent } from "./apply-intent";
import { endPayment } from "./end-payment";
import { declineOf, detailsOfCharge } from "./intent-fact";
import type { FactCause, PledgeView } from "./schemas";
import { findPayment, markWaiting, recordAttempt, recordIntent } from "./store";

export interface SettledPayment {
  readonly view: PledgeView;
  /** As it was read from Stripe just now. */
  readonly intent: Intent | undefined;
}

/**
 * Brings a payment to where its provider says it is, and does what is due then: records a decline and cancels, ends a
 * challenge that stood open too long, voids a hold of a cancelled pledge, refunds money that was taken too late. It
 * never confirms: a first try is the donor's alone. The one verb of the refresh call, the webhook's
 * follow-up, the workflows and the sweeper; any number at once do no harm.
 * @throws StripeOutcomeError, AppError `database_unavailable`: nothing is lost, the next look goes on
 */
export async function settlePayment(before: PledgeView, cause: FactCause, now = new Date()): Promise<SettledPayment> {
  if (before.payment.state === "failed" || before.payment.state === "canceled")
    return { view: before, intent: undefined };
  const found = await readIntent(before);
  if (!found) return settleUnsent(before, cause, now);
  const { intent } = found;
  const view = await applyIntent(intent, before.payment.id, cause);
  const { payment } = view;
  if (payment.refundDue) return { view: await refundLateCapture(view), intent };
  const ended = async (reason: Parameters<typeof endPayment>[1]): Promise<SettledPayment> => ({
    view: await endPayment(view, reason, cause),
    intent: undefined,
  });
  switch (intent.status) {
    case "requires_payment_method":
    case "requires_confirmation": {
      const decline = declineOf(intent);
      if (decline) {
        await noteDecline(view, intent);
        return ended("declined");
      }
      if (payment.voidDue) return ended("pledge_canceled");
      if (payment.waitingFor === "provider" && hasPassed(payment.waitingUntil, now))
        return ended("provider_unavailable");
      // Its create was not answered when it was made; the donor's own retry goes on with it, for an hour.
      return { view: payment.waitingFor ? view : await markWaiting(payment.id, "provider"), intent };
    }
    case "requires_action": {
      if (payment.voidDue) return ended("pledge_canceled");
      if (payment.waitingFor === "challenge" && hasPassed(payment.waitingUntil, now)) return ended("challenge_expired");
      return { view: payment.waitingFor === "challenge" ? view : await markWaiting(payment.id, "challenge"), intent };
    }
    case "requires_capture":
      return payment.voidDue ? ended("pledge_canceled") : { view, intent };
    default:
      return { view, intent };
  }
}

/** Writes down a try that the bank declined; once, however many see it. */
export async function noteDecline(view: PledgeView, intent: Intent, ipHash?: string): Promise<void> {
  const decline = declineOf(intent);
  if (!decline) return;
  await recordAttempt({
    paymentId: view.payment.id,
    outcome: "declined",
    ...decline,
    ...(intent.latest_charge ? { card: detailsOfCharge(intent.latest_charge).card } : {}),
    ipHash,
  });
}

async function readIntent({ payment }: PledgeView): Promise<{ readonly intent: Intent } | null> {
  if (payment.intentId) return { intent: await retrieveIntent(payment.intentId) };
  if (!payment.unknownSince) return null;
  const lost = await findIntentOfPayment(payment.id, new Date(payment.createdAt));
  if (!lost) return null;
  await recordIntent(payment.id, lost.id);
  return { intent: lost };
}

/** Nothing of it is at the provider: it waits an hour for the donor, then it is given up. */
async function settleUnsent(view: PledgeView, cause: FactCause, now: Date): Promise<SettledPayment> {
  const { payment } = view;
  const expired = payment.waitingFor === "provider" && hasPassed(payment.waitingUntil, now);
  if (payment.voidDue || expired) {
    const reason = payment.voidDue ? "pledge_canceled" : "provider_unavailable";
    return { view: await endPayment(view, reason, cause), intent: undefined };
  }
  return { view: payment.waitingFor ? view : await markWaiting(payment.id, "provider"), intent: undefined };
}

const hasPassed = (time: string | null, now: Date): boolean => time !== null && Date.parse(time) <= now.getTime();

/** {@link settlePayment} for a payment named by its id. @returns its state; null when there is no such payment */
export async function settlePaymentById(paymentId: string, cause: FactCause): Promise<string | null> {
  const view = await findPayment({ paymentId });
  return view ? (await settlePayment(view, cause)).view.payment.state : null;
}
