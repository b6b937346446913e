import "server-only";
import { Stripe } from "stripe";
import { turnAt } from "@/lib/platform/rate-limit/pace";
import { refundKey } from "@/lib/platform/stripe/keys";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { createRefund, findRefund } from "@/lib/platform/stripe/refunds";
import { reportError } from "@/lib/platform/telemetry/error-reports";
import { log } from "@/lib/platform/telemetry/log";
import { callProvider } from "@/lib/giving/payment/provider-call";
import type { FactCause } from "@/lib/giving/payment/schemas";
import { factOfRefund } from "./refund-fact";
import { claimDueRefunds, failRefund, recordRefund, type Refund } from "./store";

const BATCH = 25;
const MOST_BATCHES = 20;
/** Longer than one may take at the provider; after it whoever comes next goes on under the same key. */
const LEASE_SECONDS = 120;

/**
 * Sends what was asked for and may go, no faster than Stripe takes work that nobody waits for. One that cannot be sent now is sent
 * later, under the same key at Stripe.
 * @returns how many were brought to an answer, and how many were not
 */
export async function sendRefunds(): Promise<{ readonly sent: number; readonly failed: number }> {
  let sent = 0;
  let failed = 0;
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const due = await claimDueRefunds(BATCH, LEASE_SECONDS);
    for (const refund of due) {
      // Claimed and not sent: its lease ends, and the next run sends it.
      if (!(await turnAt("stripe-bulk", "stripe"))) return { sent, failed };
      try {
        await sendRefund(refund, "workflow");
        sent += 1;
      } catch (error) {
        failed += 1;
        log.warn({ error, refundId: refund.id }, "a refund could not be sent; it is sent again later");
      }
    }
    if (due.length < BATCH || failed > 0) break;
  }
  return { sent, failed };
}

/**
 * Makes a refund of ours at Stripe, once, and writes down what came of it. What Stripe will never do ends as failed.
 * @throws StripeOutcomeError when it is not known, or was certainly not done for now: come again
 */
export async function sendRefund(refund: Refund, cause: FactCause): Promise<void> {
  const { id, amountMinor, intentId, paymentId } = refund;
  if (!intentId) throw new Error(`Payment ${paymentId} was captured and has no intent.`);
  const look = () => findRefund(intentId, id);
  // Before the call: what a webhook reads while the answer is under way is newer than the answer.
  const readAt = new Date();
  let made: Stripe.Refund | null;
  try {
    made = await callProvider({
      subjectId: id,
      operation: "refund",
      call: (n) => createRefund({ intentId, amountMinor, refundId: id }, refundKey(id, n)),
      look,
      done: () => true,
    });
  } catch (error) {
    if (!isFinal(error)) throw error;
    // An earlier try may have done it, and its answer was lost.
    made = await look();
    if (!made) {
      reportError(error, "money", { refundId: id, paymentId });
      await failRefund(id, error.code ?? "refused");
      return;
    }
  }
  await recordRefund({ ...factOfRefund(made, cause, readAt), id });
}

/** Stripe has understood and says no: returned before, disputed, or not to be found. Asked again it would say the same. */
function isFinal(error: unknown): error is StripeOutcomeError {
  return (
    error instanceof StripeOutcomeError &&
    error.outcome === "refused" &&
    error.cause instanceof Stripe.errors.StripeInvalidRequestError
  );
}
