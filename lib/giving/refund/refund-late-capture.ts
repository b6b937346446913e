import "server-only";
import { findPayment } from "@/lib/giving/payment/store";
import type { PledgeView } from "@/lib/giving/payment/schemas";
import { sendRefund } from "./send-refunds";
import { requestSystemRefund } from "./store";

/**
 * Money was taken although the pledge had been cancelled: the capture stays on the payment, and all of it goes back.
 * @throws StripeOutcomeError; the refund is written down as asked for, and whoever comes next goes on with it
 */
export async function refundLateCapture(view: PledgeView): Promise<PledgeView> {
  const { payment } = view;
  await sendRefund(await requestSystemRefund(payment.id, "late_capture"), "sweeper");
  return (await findPayment({ paymentId: payment.id })) ?? view;
}
