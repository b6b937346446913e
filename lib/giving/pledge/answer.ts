import "server-only";
import type { Intent } from "@/lib/platform/stripe/intents";
import { retrieveIntent } from "@/lib/platform/stripe/intents";
import { StripeOutcomeError } from "@/lib/platform/stripe/outcome";
import { log } from "@/lib/platform/telemetry/log";
import type { PledgeView } from "@/lib/giving/payment/schemas";
import type { PledgeAnswer } from "./schemas";
import { statusToken } from "./status-token";

/** A replay waits so long for the client secret; without it the page asks again. */
const SECRET_MS = 4_000;

/**
 * What the donor is answered. The secret that opens the bank's challenge is read anew each time, never stored.
 * @param intent as it was read just now, if it was
 */
export async function answerOf(view: PledgeView, intent?: Intent): Promise<PledgeAnswer> {
  const { pledge, payment } = view;
  const nextAction = await nextActionOf(view, intent);
  return {
    pledge: {
      id: pledge.id,
      campaignId: pledge.campaignId,
      campaignSlug: pledge.campaignSlug,
      campaignTitle: pledge.campaignTitle,
      status: pledge.status,
      shown: pledge.shown,
      amountMinor: pledge.giftMinor,
      coverMinor: pledge.coverMinor,
      totalMinor: pledge.totalMinor,
      refundedMinor: payment.refundedMinor,
      currency: pledge.currency,
      donor: { ...pledge.donor, anonymous: pledge.anonymous },
      createdAt: pledge.createdAt,
    },
    payment: {
      id: payment.id,
      state: payment.state,
      declineCode: payment.declineCode,
      card: payment.card?.brand && payment.card.last4 ? { brand: payment.card.brand, last4: payment.card.last4 } : null,
      ...(nextAction ? { nextAction } : {}),
    },
    statusToken: statusToken(pledge.id),
  };
}

async function nextActionOf(
  { payment }: PledgeView,
  known: Intent | undefined,
): Promise<PledgeAnswer["payment"]["nextAction"] | undefined> {
  if (payment.state !== "pending" || payment.waitingFor !== "challenge" || !payment.intentId) return undefined;
  let intent = known;
  if (!intent) {
    try {
      intent = await retrieveIntent(payment.intentId, AbortSignal.timeout(SECRET_MS));
    } catch (error) {
      if (!(error instanceof StripeOutcomeError)) throw error;
      log.warn({ error, paymentId: payment.id }, "an answer goes without its next action; the page asks again");
      return undefined;
    }
  }
  if (intent.status !== "requires_action" || !intent.client_secret) return undefined;
  return { type: intent.next_action?.type ?? "use_stripe_sdk", clientSecret: intent.client_secret };
}
