import { z } from "zod";
import { PROJECTED_EVENTS } from "@/lib/giving/events";
import { projectLostEvents, projectTotals } from "@/lib/giving/totals/project-totals";
import { inngest } from "../client";

const namesPayment = z.object({ paymentId: z.uuid() });

/** Every event that moves money or counts of a campaign → its totals → Redis → everybody who looks. */
export const projectTotalsFunction = inngest.createFunction(
  {
    id: "project-totals",
    name: "Fold events into campaign totals",
    triggers: PROJECTED_EVENTS.map((event) => ({ event })),
    retries: 10,
    concurrency: [{ limit: 10 }],
  },
  async ({ event, step }) => {
    const name: string = event.name;
    const captured = name === "giving/payment.captured" ? namesPayment.safeParse(event.data).data : undefined;
    // The outbox id, by which the database knows an event it has folded already.
    const id = z.uuid().parse(event.id);
    return { campaigns: await step.run("project", () => projectTotals([id], captured)) };
  },
);

/** Every minute: events that were published and never came to the projector. */
export const projectLostEventsFunction = inngest.createFunction(
  {
    id: "project-lost-events",
    name: "Fold events that no workflow took",
    triggers: [{ cron: "* * * * *" }],
    retries: 1,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => ({ events: await step.run("project", () => projectLostEvents()) }),
);
