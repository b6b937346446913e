import "server-only";
import type { Stripe } from "stripe";
import { AppError } from "@/lib/kernel/errors";
import { reportError } from "@/lib/platform/telemetry/error-reports";
import { log } from "@/lib/platform/telemetry/log";
import { settlePayment } from "@/lib/giving/payment/settle-payment";
import { findPayment } from "@/lib/giving/payment/store";
import { applyStripeEvent, type EventOutcome } from "./apply-event";
import { settleEvent, storeEvent } from "./store";

/**
 * Takes an event whose signature was verified: stored in its own transaction, then applied, then what is due for its
 * payment is done. Whatever cannot be done now is done by the sweeper, because the event is ours from the first line on.
 * @throws AppError `invalid_transition` the first time that an event contradicts what we know for certain;
 *   `database_unavailable`, after which Stripe sends it again
 */
export async function receiveEvent(event: Stripe.Event): Promise<EventOutcome> {
  const { object } = event.data;
  const { state, reading } = await storeEvent({
    id: event.id,
    type: event.type,
    objectId: idOf(object),
    livemode: event.livemode,
    apiVersion: event.api_version ?? null,
    created: new Date(event.created * 1000),
    payload: event,
  });
  if (state !== "stored" && state !== "parked") return { outcome: "duplicate" };
  const outcome = await driveEvent(event, reading);
  if (outcome.outcome !== "rejected") return outcome;
  throw new AppError(
    "invalid_transition",
    `The event contradicts the payment that it is about (${outcome.reason ?? "illegal step"}). It was written down and will be looked at; sending it again changes nothing.`,
  );
}

/** What an event is about. Some objects have no id (`balance.available` tells of the one balance there is). */
function idOf(object: object): string {
  for (const name of ["id", "object"]) {
    const value: unknown = Reflect.get(object, name);
    if (typeof value === "string" && value !== "") return value;
  }
  return "unknown";
}

/**
 * Applies an event of the inbox; the webhook and the sweeper both come this way.
 * @param reading the number under which what it is about is read again; taken when the event was stored or claimed
 * @throws AppError `database_unavailable`
 */
export async function driveEvent(event: Stripe.Event, reading: number): Promise<EventOutcome> {
  let outcome: EventOutcome;
  try {
    outcome = await applyStripeEvent(event, reading);
  } catch (error) {
    if (error instanceof AppError && error.code === "database_unavailable") throw error;
    log.error(
      { error, eventId: event.id, type: event.type },
      "a stored event could not be applied; the sweeper tries again",
    );
    reportError(error, "webhook", { type: event.type });
    await settleEvent(
      event.id,
      "stored",
      "failed",
      error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    );
    return { outcome: "parked" };
  }
  if (outcome.outcome === "rejected") {
    const contradiction = new Error(
      `Stripe's event ${event.id} contradicts payment ${outcome.paymentId}: ${outcome.reason}`,
    );
    log.error({ error: contradiction, eventId: event.id, type: event.type }, "an event was rejected");
    reportError(contradiction, "money", { type: event.type });
  } else if (outcome.paymentId) await followUp(outcome.paymentId, event);
  return outcome;
}

/** What the event has made due: a late hold is voided, money that was taken too late goes back, a failed challenge ends. */
async function followUp(paymentId: string, event: Stripe.Event): Promise<void> {
  try {
    const view = await findPayment({ paymentId });
    if (!view) return;
    const { voidDue, refundDue, waitingFor } = view.payment;
    const challengeFailed = event.type === "payment_intent.payment_failed" && waitingFor === "challenge";
    if (voidDue || refundDue || challengeFailed) await settlePayment(view, "webhook");
  } catch (error) {
    log.warn({ error, paymentId, eventId: event.id }, "what an event made due could not be done yet; the sweeper will");
  }
}
