import "server-only";
import { captureIntent, retrieveIntent } from "@/lib/platform/stripe/intents";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { applyIntent } from "./apply-intent";
import { endPayment } from "./end-payment";
import { callForIntent } from "./provider-call";
import { judgeRisk } from "./risk/rules";
import type { FactCause, PledgeView } from "./schemas";
import { findPayment, holdPayment, readRisk } from "./store";

/** What the checks before a capture came to. */
export type Assessment = "capture" | "held" | "void" | "over";

/**
 * Decides whether an authorised payment is captured: the block list, the share of declines round it, Radar's level.
 * What is risky is held for an admin; whom an operator has shut out is voided.
 */
export async function assessPayment(paymentId: string): Promise<Assessment> {
  const view = await findPayment({ paymentId });
  if (!view || view.payment.state !== "authorized") return "over";
  const { pledge, payment } = view;
  if (payment.voidDue || payment.review === "refused") return "void";
  if (payment.review === "held") return "held";
  if (payment.review === "released") return "capture";
  const { tries, blocked } = await readRisk({
    campaignId: pledge.campaignId,
    email: pledge.donor.email,
    cardFingerprint: payment.card?.fingerprint ?? undefined,
  });
  const verdict = judgeRisk({ level: payment.risk?.level, blocked, tries });
  if (verdict.decision === "capture") return "capture";
  await holdPayment(paymentId, verdict.reasons);
  return verdict.decision === "hold" ? "held" : "void";
}

/**
 * Takes the money that is held, once.
 * @throws StripeOutcomeError: the workflow tries again under the same key
 */
export async function capturePayment(paymentId: string, cause: FactCause): Promise<PledgeView | null> {
  const view = await findPayment({ paymentId });
  const intentId = view?.payment.intentId;
  if (!view || !intentId || view.payment.state !== "authorized" || view.payment.voidDue) return view;
  const intent = await callForIntent({
    paymentId,
    operation: "capture",
    intentId,
    call: (key) => captureIntent(intentId, key),
    done: (seen) => seen.status === "succeeded",
  }).catch((error: unknown) => {
    // The hold ended by itself, or it was captured or let go meanwhile: the intent says how it stands.
    if (error instanceof StripeOutcomeError && error.outcome === "refused") return retrieveIntent(intentId);
    throw error;
  });
  return applyIntent(intent, paymentId, cause);
}

/** Lets a hold go that will not be captured. @throws StripeOutcomeError */
export async function voidPayment(paymentId: string, cause: FactCause): Promise<PledgeView | null> {
  const view = await findPayment({ paymentId });
  if (!view || !["pending", "authorized"].includes(view.payment.state)) return view;
  return endPayment(view, view.payment.cancelReason ? "pledge_canceled" : "risk_refused", cause);
}
