import "server-only";
import { Stripe } from "stripe";
import { closeDispute, submitEvidence } from "@/lib/platform/stripe/disputes";
import { disputeKey } from "@/lib/platform/stripe/keys";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { retrieveDispute } from "@/lib/platform/stripe/refunds";
import { reportError } from "@/lib/platform/telemetry/error-reports";
import { log } from "@/lib/platform/telemetry/log";
import { callProvider } from "../payment/provider-call";
import { factOfDispute } from "../refund/refund-fact";
import { recordDispute } from "../refund/store";
import type { Evidence } from "./schemas";
import { claimDueAnswers, settleAnswer, type DueAnswer } from "./store";

const BATCH = 25;
/** Longer than one may take at the provider; after it whoever comes next goes on under the same key. */
const LEASE_SECONDS = 120;

/**
 * Sends what people have answered to banks. One that cannot be sent now is sent later, under the same key at Stripe.
 * @returns how many were brought to an end, and how many were not
 */
export async function sendDisputeAnswers(): Promise<{ readonly sent: number; readonly failed: number }> {
  let sent = 0;
  let failed = 0;
  for (const answer of await claimDueAnswers(BATCH, LEASE_SECONDS)) {
    try {
      await sendAnswer(answer);
      sent += 1;
    } catch (error) {
      failed += 1;
      log.warn({ error, answerId: answer.id }, "an answer to a dispute could not be sent; it is sent again later");
    }
  }
  return { sent, failed };
}

/**
 * Sends one answer, once, and writes down how the dispute stands then. What Stripe will never take ends as failed, in words.
 * @throws StripeOutcomeError when it is not known, or was certainly not done for now: come again
 */
async function sendAnswer({ id, disputeId, decision, evidence }: DueAnswer): Promise<void> {
  const hasIt = ({ status, evidence_details: { submission_count: sent } }: Stripe.Dispute): boolean =>
    decision === "submit"
      ? status.endsWith("under_review") || (sent > 0 && !status.endsWith("needs_response"))
      : status === "lost" || status === "warning_closed";
  const look = () => retrieveDispute(disputeId);
  let refusal: StripeOutcomeError | undefined;
  try {
    await callProvider({
      subjectId: id,
      operation: "dispute",
      call: (n) =>
        decision === "submit"
          ? submitEvidence(disputeId, asParameters(evidence), disputeKey(id, n))
          : closeDispute(disputeId, disputeKey(id, n)),
      look,
      done: hasIt,
    });
  } catch (error) {
    if (!isFinal(error)) throw error;
    refusal = error;
  }
  // Read anew: the answer to a repeated call is the saved one, and older than what the bank may have decided since.
  const readAt = new Date();
  const dispute = await look();
  // An earlier try may have done what is refused now, and its answer was lost.
  const failure = refusal && !hasIt(dispute) ? wordsOf(refusal, dispute) : null;
  if (failure) reportError(refusal, "money", { answerId: id, disputeId });
  await recordDispute({ ...factOfDispute(dispute, "workflow", readAt), final: true });
  await settleAnswer(id, failure);
}

const asParameters = (evidence: Evidence): Stripe.DisputeUpdateParams.Evidence =>
  Object.fromEntries(Object.entries(evidence).filter(([, text]) => text !== undefined));

/** Stripe has understood and says no; asked again it would say the same. */
function isFinal(error: unknown): error is StripeOutcomeError {
  return (
    error instanceof StripeOutcomeError &&
    error.outcome === "refused" &&
    error.cause instanceof Stripe.errors.StripeInvalidRequestError
  );
}

function wordsOf(error: StripeOutcomeError, { status }: Stripe.Dispute): string {
  const asks = status.endsWith("needs_response");
  if (!asks) return `The provider did not take it: the dispute is ${status.replaceAll("_", " ")} there by now.`;
  const why = error.cause instanceof Error ? error.cause.message : "it gave no reason";
  return `The provider did not take it (${why}). Correct the evidence and send it again before the time is over.`;
}
