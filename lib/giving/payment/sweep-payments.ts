import "server-only";
import { log } from "@/lib/platform/telemetry/log";
import { assessPayment, capturePayment } from "./capture-payment";
import { endPayment } from "./end-payment";
import { settlePayment } from "./settle-payment";
import type { CheckReason, PledgeView } from "./schemas";
import { claimChecks } from "./store";

const BATCH = 50;
const LEASE_SECONDS = 120;

/**
 * Looks at the payments that are due: unknown outcomes, challenges and pledges that were left open, holds that are
 * nearly over, captures whose workflow was lost. One that fails is looked at again later; the others go on.
 * @returns how many were looked at, and how many could not be brought on
 */
export async function sweepPayments(): Promise<{ readonly looked: number; readonly failed: number }> {
  const due = await claimChecks(BATCH, LEASE_SECONDS);
  let failed = 0;
  for (const { reason, paymentId, pledge, payment } of due) {
    try {
      await bringOn({ pledge, payment }, reason);
    } catch (error) {
      failed += 1;
      log.warn({ error, paymentId, reason }, "a payment could not be brought on; it is looked at again later");
    }
  }
  return { looked: due.length, failed };
}

async function bringOn(view: PledgeView, reason: CheckReason): Promise<void> {
  if (reason === "hold_expiring") {
    await endPayment(view, "hold_expiring", "sweeper");
    return;
  }
  const { view: settled } = await settlePayment(view, "sweeper");
  if (settled.payment.state === "authorized" && (await assessPayment(settled.payment.id)) === "capture") {
    await capturePayment(settled.payment.id, "sweeper");
  }
}
