import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { log } from "@/lib/platform/telemetry/log";
import { sendRefunds } from "./send-refunds";
import { cancelPledge, listGiftsToEnd, requestSystemRefund } from "./store";

const BATCH = 100;
const MOST_BATCHES = 50;

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
    const due = await listGiftsToEnd(campaignId ?? null, BATCH);
    let moved = 0;
    for (const { pledgeId, paymentId, due: what } of due) {
      try {
        if (what === "cancel") await cancelPledge(pledgeId, "campaign_cancelled");
        else await requestSystemRefund(paymentId, "campaign_cancelled");
        moved += 1;
        ended[what === "cancel" ? "canceled" : "refunded"] += 1;
      } catch (error) {
        // Taken, returned or disputed since it was listed: the next list says what is due now.
        if (!(error instanceof AppError) || error.status >= 500) throw error;
        log.info({ error, pledgeId, paymentId }, "a gift to a cancelled campaign moved on by itself");
      }
    }
    if (due.length < BATCH || moved === 0) break;
  }
  await sendRefunds();
  return ended;
}
