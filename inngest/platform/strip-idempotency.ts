import { stripOldKeys } from "@/lib/platform/idempotency/store";
import { inngest } from "../client";

/** Every night: answers older than 72 hours are emptied; the keys themselves stay used for good. */
export const stripIdempotencyFunction = inngest.createFunction(
  {
    id: "strip-idempotency",
    name: "Empty answers that are too old to be replayed",
    triggers: [{ cron: "41 3 * * *" }],
    retries: 1,
  },
  async ({ step }) => ({ emptied: await step.run("strip", () => stripOldKeys(10_000)) }),
);
