import "server-only";
import type { Intent } from "@/lib/platform/stripe/intents";
import { reportError } from "@/lib/platform/telemetry/error-reports";
import { factOfIntent } from "./intent-fact";
import type { Application, FactCause, PledgeView } from "./schemas";
import { applyFact, applyFactAndSettle, findPayment, type Settling } from "./store";

/**
 * Brings our row to where an intent that was read, or answered with, stands.
 * @param ipHash whose try it was, where the donor waits for it
 * @throws AppError `database_unavailable`: the intent is the truth, and the next who asks brings it here
 */
export async function applyIntent(
  intent: Intent,
  paymentId: string,
  cause: FactCause,
  ipHash?: string,
): Promise<PledgeView> {
  return viewAfter(await applyFact({ ...factOfIntent(intent, cause, "read"), paymentId, ipHash }), intent, paymentId);
}

/** {@link applyIntent} for a donor who waits, with the end of their key in the same transaction. @returns when it was settled, if so */
export async function applyAndSettle(
  intent: Intent,
  paymentId: string,
  ipHash: string,
  settling: Settling,
): Promise<{ readonly view: PledgeView; readonly settledAt: Date | undefined }> {
  const fact = { ...factOfIntent(intent, "request", "read"), paymentId, ipHash };
  const { settledAt, ...applied } = await applyFactAndSettle(fact, settling);
  return { view: await viewAfter(applied, intent, paymentId), settledAt: settledAt ?? undefined };
}

/** @throws Error when the payment is gone */
async function viewAfter(applied: Application, intent: Intent, paymentId: string): Promise<PledgeView> {
  if (applied.outcome === "rejected") {
    reportError(
      new Error(`Stripe's ${intent.id} and our payment ${paymentId} contradict each other: ${applied.reason}`),
      "money",
      {
        paymentId,
      },
    );
  }
  if (applied.pledge && applied.payment) return { pledge: applied.pledge, payment: applied.payment };
  const view = await findPayment({ paymentId });
  if (!view) throw new Error(`Payment ${paymentId} was there a moment ago and is not any more.`);
  return view;
}
