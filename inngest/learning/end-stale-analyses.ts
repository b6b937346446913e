import { endStaleAnalyses } from "@/lib/analysis/end-analysis";
import { inngest } from "../client";

/** Every ten minutes: an analysis that has not moved for half an hour is ended and says so. */
export const endStaleAnalysesFunction = inngest.createFunction(
  {
    id: "end-stale-analyses",
    name: "End analyses that stopped moving",
    triggers: [{ cron: "*/10 * * * *" }],
    retries: 1,
  },
  async ({ step }) => ({ ended: await step.run("end", () => endStaleAnalyses()) }),
);
