import { NonRetriableError } from "inngest";
import { GIVING_EVENTS } from "@/lib/giving/events";
import { beginReconciliation } from "@/lib/giving/reconciliation/look-after-runs";
import { giveUp, reconcileOn } from "@/lib/giving/reconciliation/reconcile";
import { inngest } from "../client";

/** Slices of twenty seconds: more than three hours. What is longer goes on with the next look. */
const MOST_SLICES = 600;

/** Every night: a run begins; its event is what starts it. A payout and an operator's button do the same. */
export const reconcileNightlyFunction = inngest.createFunction(
  {
    id: "reconcile-nightly",
    name: "Begin the nightly comparison with the payment provider",
    triggers: [{ cron: "TZ=UTC 17 2 * * *" }],
    retries: 4,
  },
  async ({ step }) => ({ runId: await step.run("begin", () => beginReconciliation("schedule")) }),
);

/**
 * `giving/reconciliation.requested` → the provider's lists, page by page. The place stands in the database, so a step that is tried
 * again, or the next function, goes on where the last one was.
 */
export const reconcilePaymentsFunction = inngest.createFunction(
  {
    id: "reconcile-payments",
    name: "Compare payments with the payment provider",
    triggers: [{ event: "giving/reconciliation.requested" }],
    retries: 10,
    concurrency: [{ limit: 1 }],
    onFailure: async ({ event, error, step }) => {
      const { runId } = GIVING_EVENTS["giving/reconciliation.requested"].parse(event.data.event.data);
      await step.run("give-up", () => giveUp(runId, error));
    },
  },
  async ({ event, step }) => {
    const asked = GIVING_EVENTS["giving/reconciliation.requested"].safeParse(event.data);
    if (!asked.success) throw new NonRetriableError("the event names no run", { cause: asked.error });
    const { runId } = asked.data;
    for (let slice = 1; slice <= MOST_SLICES; slice += 1) {
      const state = await step.run(`slice-${slice}`, async () => (await reconcileOn(runId))?.state ?? null);
      if (state !== "running") return { runId, state };
    }
    return { runId, state: "running" as const };
  },
);

/** Every quarter of an hour: a run whose workflow got lost goes on. Two at one run do no harm: a page counts once. */
export const resumeReconciliationFunction = inngest.createFunction(
  {
    id: "resume-reconciliation",
    name: "Go on with a comparison that was left",
    triggers: [{ cron: "*/15 * * * *" }],
    retries: 1,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => ({ state: await step.run("go-on", async () => (await reconcileOn(null))?.state ?? null) }),
);
