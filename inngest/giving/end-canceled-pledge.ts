import { NonRetriableError } from "inngest";
import { GIVING_EVENTS } from "@/lib/giving/events";
import { settlePaymentById } from "@/lib/giving/payment/settle-payment";
import { inngest } from "../client";

/** `giving/pledge.canceled` → the hold is let go, or money that was taken meanwhile goes back. */
export const endCanceledPledgeFunction = inngest.createFunction(
  {
    id: "end-canceled-pledge",
    name: "Let go of a cancelled pledge's money",
    triggers: [{ event: "giving/pledge.canceled" }],
    retries: 10,
    concurrency: [{ limit: 20 }],
  },
  async ({ event, step }) => {
    const data = GIVING_EVENTS["giving/pledge.canceled"].safeParse(event.data);
    if (!data.success) throw new NonRetriableError("the event names no pledge", { cause: data.error });
    const { paymentId } = data.data;
    return { paymentId, state: await step.run("settle", () => settlePaymentById(paymentId, "workflow")) };
  },
);
