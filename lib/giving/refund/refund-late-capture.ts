import "server-only";
import { refundKey } from "@/lib/platform/stripe/keys";
import { createRefund, findRefund } from "@/lib/platform/stripe/refunds";
import { callProvider } from "@/lib/giving/payment/provider-call";
import { findPayment } from "@/lib/giving/payment/store";
import type { PledgeView } from "@/lib/giving/payment/schemas";
import { factOfRefund } from "./refund-fact";
import { recordRefund, requestSystemRefund } from "./store";

/**
 * Money was taken although the pledge had been cancelled: the capture stays on the payment, and all of it goes back.
 * @throws StripeOutcomeError; the refund is written down as asked for, and whoever comes next goes on with it
 */
export async function refundLateCapture(view: PledgeView): Promise<PledgeView> {
  const { payment } = view;
  const { intentId } = payment;
  if (!intentId) throw new Error(`Payment ${payment.id} was captured and has no intent.`);
  const { id, amountMinor } = await requestSystemRefund(payment.id, "late_capture");
  const refund = await callProvider({
    subjectId: id,
    operation: "refund",
    call: (n) => createRefund({ intentId, amountMinor, refundId: id }, refundKey(id, n)),
    look: () => findRefund(intentId, id),
    done: () => true,
  });
  await recordRefund({ ...factOfRefund(refund, "sweeper", new Date()), id });
  return (await findPayment({ paymentId: payment.id })) ?? view;
}
