import { z } from "zod";
import { mailEndedAnalysis } from "@/lib/analysis/mail-ended-analysis";
import { inngest } from "../client";

const endedSchema = z.object({ analysisId: z.uuid(), fromCache: z.boolean().optional() });

/** An analysis that people waited for has ended: mail those who want it. One from the cache kept nobody waiting. */
export const mailEndedAnalysisFunction = inngest.createFunction(
  {
    id: "mail-ended-analysis",
    name: "Mail that an analysis has ended",
    triggers: [{ event: "analysis/completed" }, { event: "analysis/failed" }],
    retries: 4,
  },
  async ({ event, step }) => {
    const { analysisId, fromCache } = endedSchema.parse(event.data);
    if (fromCache) return { analysisId, mailed: 0 };
    return { analysisId, mailed: await step.run("mail", () => mailEndedAnalysis(analysisId)) };
  },
);
