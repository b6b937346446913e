import { GIVING_EVENTS } from "@/lib/giving/events";
import { endCancelledCampaigns, endSomeGifts } from "@/lib/giving/refund/end-cancelled-campaigns";
import { sendRefunds } from "@/lib/giving/refund/send-refunds";
import { inngest } from "../client";

/** Every minute: refunds that were asked for or approved, and those whose sending was cut short. */
export const sendRefundsFunction = inngest.createFunction(
  {
    id: "send-refunds",
    name: "Send refunds to the payment provider",
    triggers: [{ cron: "* * * * *" }],
    retries: 0,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => step.run("send", () => sendRefunds()),
);

/** Batches in one run: Inngest keeps the answers of its steps. */
const MOST_BATCHES = 200;

/** `giving/campaign.updated` to cancelled → holds are let go, gifts go back. */
export const endCancelledCampaignFunction = inngest.createFunction(
  {
    id: "end-cancelled-campaign",
    name: "Return the gifts of a cancelled campaign",
    triggers: [{ event: "giving/campaign.updated" }],
    retries: 10,
    concurrency: [{ limit: 2 }],
  },
  async ({ event, step }) => {
    const { campaignId, status } = GIVING_EVENTS["giving/campaign.updated"].parse(event.data);
    if (status !== "cancelled") return { campaignId, status };
    const ended = { campaignId, canceled: 0, refunded: 0 };
    // A step for each batch: a process that dies goes on where it was, and none of them lasts longer than a host lets it.
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      const { canceled, refunded, more } = await step.run(`end-${batch}`, () => endSomeGifts(campaignId));
      ended.canceled += canceled;
      ended.refunded += refunded;
      if (!more) break;
    }
    // What is left, and what was not sent, the two that come by each minute and each ten minutes go on with.
    await step.run("send", () => sendRefunds());
    return ended;
  },
);

/** Every ten minutes: gifts that were made in the moment in which their campaign was cancelled. */
export const endCancelledCampaignsFunction = inngest.createFunction(
  {
    id: "end-cancelled-campaigns",
    name: "Return gifts that came to cancelled campaigns",
    triggers: [{ cron: "*/10 * * * *" }],
    retries: 1,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => step.run("end", () => endCancelledCampaigns()),
);
