import { NonRetriableError, RetryAfterError } from "inngest";
import { GIVING_EVENTS } from "@/lib/giving/events";
import { turnAt } from "@/lib/platform/rate-limit/pace";
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
    const state = await step.run("settle", async () => {
      // A cancelled campaign has thousands of them at once, and donors pay at the same provider.
      if (!(await turnAt("stripe-bulk", "stripe")))
        throw new RetryAfterError("others are first at the provider", "10s");
      return settlePaymentById(paymentId, "workflow");
    });
    return { paymentId, state };
  },
);
