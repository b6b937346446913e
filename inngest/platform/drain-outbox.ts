import { drainOutbox } from "@/lib/platform/outbox/outbox";
import { pruneOutbox } from "@/lib/platform/outbox/store";
import { inngest } from "../client";

/** Every minute: the backstop for events that neither the request nor the relay published. */
export const drainOutboxFunction = inngest.createFunction(
  {
    id: "drain-outbox",
    name: "Publish what is left in the outbox",
    triggers: [{ cron: "* * * * *" }],
    retries: 0,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => step.run("drain", () => drainOutbox()),
);

/** Every night: published events older than a fortnight are removed. */
export const pruneOutboxFunction = inngest.createFunction(
  { id: "prune-outbox", name: "Remove old published events", triggers: [{ cron: "17 3 * * *" }], retries: 1 },
  async ({ step }) => ({ removed: await step.run("prune", () => pruneOutbox(10_000)) }),
);
