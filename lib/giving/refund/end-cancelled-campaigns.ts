import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { log } from "@/lib/platform/telemetry/log";
import { sendRefunds } from "./send-refunds";
import type { Cancellation } from "./schemas";
import { cancelPledge, listGiftsToEnd, readCancellation, requestSystemRefund } from "./store";

const BATCH = 100;
const MOST_BATCHES = 50;

/** What a batch has brought to its end, and whether there is more to do. */
export interface EndedGifts {
  readonly canceled: number;
  readonly refunded: number;
  readonly more: boolean;
}

/**
 * Lets go of some promises and holds of a cancelled campaign, and asks for some of its gifts to go back. Any number at once do no harm.
 * @param campaignId absent: of every campaign that was cancelled lately
 */
export async function endSomeGifts(campaignId?: string): Promise<EndedGifts> {
  const ended = { canceled: 0, refunded: 0 };
  const due = await listGiftsToEnd(campaignId ?? null, BATCH);
  for (const { pledgeId, paymentId, due: what } of due) {
    try {
      if (what === "cancel") await cancelPledge(pledgeId, "campaign_cancelled");
      else await requestSystemRefund(paymentId, "campaign_cancelled");
      ended[what === "cancel" ? "canceled" : "refunded"] += 1;
    } catch (error) {
      // Taken, returned or disputed since it was listed: the next list says what is due now.
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      log.info({ error, pledgeId, paymentId }, "a gift to a cancelled campaign moved on by itself");
    }
  }
  return { ...ended, more: due.length === BATCH && ended.canceled + ended.refunded > 0 };
}

/**
 * A campaign was cancelled: promises and holds are let go, and money that was taken goes back, as its page says. Any number at
 * once do no harm, and one that ends half way is gone on with.
 * @param campaignId absent: of every campaign that was cancelled lately, for gifts that were made in the same moment
 */
export async function endCancelledCampaigns(
  campaignId?: string,
): Promise<{ readonly canceled: number; readonly refunded: number }> {
  const ended = { canceled: 0, refunded: 0 };
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const { canceled, refunded, more } = await endSomeGifts(campaignId);
    ended.canceled += canceled;
    ended.refunded += refunded;
    if (!more) break;
  }
  await sendRefunds();
  return ended;
}

/** How far a cancelled campaign's ending is, for whoever runs it; null while it is not cancelled. @throws AppError `not_found` */
export async function cancellationOf(actorId: string, campaignId: string): Promise<Cancellation | null> {
  return readCancellation(actorId, campaignId);
}
