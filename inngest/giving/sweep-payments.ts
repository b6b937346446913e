import { sweepPayments } from "@/lib/giving/payment/sweep-payments";
import { driveInbox } from "@/lib/giving/webhook/drive-inbox";
import { inngest } from "../client";

/** Every minute: payments that are due to be looked at. */
export const sweepPaymentsFunction = inngest.createFunction(
  {
    id: "sweep-payments",
    name: "Look at payments that were left open",
    triggers: [{ cron: "* * * * *" }],
    retries: 0,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => step.run("sweep", () => sweepPayments()),
);

/** Every minute: webhooks ahead of our own commit, and those whose process died. */
export const driveInboxFunction = inngest.createFunction(
  {
    id: "drive-webhook-inbox",
    name: "Drive on webhooks that wait",
    triggers: [{ cron: "* * * * *" }],
    retries: 0,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => ({ driven: await step.run("drive", () => driveInbox()) }),
);
