import { NonRetriableError } from "inngest";
import { assessPayment, capturePayment, voidPayment } from "@/lib/giving/payment/capture-payment";
import { GIVING_EVENTS } from "@/lib/giving/events";
import { inngest } from "../client";

/**
 * `giving/payment.authorized` → checks → capture, or held for an admin, or voided. An admin's decision
 * (`giving/payment.reviewed`) comes the same way again. Steps carry ids only; what they find is in the database.
 */
export const capturePaymentFunction = inngest.createFunction(
  {
    id: "capture-payment",
    name: "Capture a payment after its checks",
    triggers: [{ event: "giving/payment.authorized" }, { event: "giving/payment.reviewed" }],
    retries: 10,
    concurrency: [{ limit: 20 }, { limit: 1, key: "event.data.paymentId" }],
  },
  async ({ event, step }) => {
    const data = GIVING_EVENTS["giving/payment.authorized"].safeParse(event.data);
    if (!data.success) throw new NonRetriableError("the event names no payment", { cause: data.error });
    const { paymentId } = data.data;
    const assessment = await step.run("assess", () => assessPayment(paymentId));
    if (assessment === "capture") {
      const state = await step.run(
        "capture",
        async () => (await capturePayment(paymentId, "workflow"))?.payment.state ?? null,
      );
      return { paymentId, state };
    }
    if (assessment === "void") {
      const state = await step.run(
        "void",
        async () => (await voidPayment(paymentId, "workflow"))?.payment.state ?? null,
      );
      return { paymentId, state };
    }
    return { paymentId, state: assessment };
  },
);
