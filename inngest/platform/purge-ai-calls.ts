import { purgeCalls } from "@/lib/platform/ai/store";
import { inngest } from "../client";

/** Every night: calls to models that nobody ended are ended, and what is old is forgotten. */
export const purgeAiCallsFunction = inngest.createFunction(
  {
    id: "purge-ai-calls",
    name: "Forget old calls to models",
    triggers: [{ cron: "17 3 * * *" }],
    retries: 1,
  },
  async ({ step }) => ({ gone: await step.run("purge", () => purgeCalls()) }),
);
