import "server-only";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { log } from "@/lib/platform/telemetry/log";
import type { PledgeView } from "@/lib/giving/payment/schemas";
import { settlePayment } from "@/lib/giving/payment/settle-payment";
import { answerOf } from "./answer";
import type { PledgeAnswer } from "./schemas";

/**
 * Reads the provider again, after a challenge or an unknown outcome, and answers with what stands now. While the
 * provider is away the last known state is answered.
 */
export async function refreshPledge(view: PledgeView): Promise<PledgeAnswer> {
  try {
    const settled = await settlePayment(view, "request");
    return await answerOf(settled.view, settled.intent);
  } catch (error) {
    if (!(error instanceof StripeOutcomeError)) throw error;
    log.warn({ error, pledgeId: view.pledge.id }, "a pledge could not be refreshed; its last known state is answered");
    return answerOf(view);
  }
}
