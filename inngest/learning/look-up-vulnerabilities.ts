import { NonRetriableError } from "inngest";
import { vulnerabilitiesRequestedSchema } from "@/lib/analysis/events";
import { giveUpLookUp, isHopeless, lookUpVulnerabilities } from "@/lib/analysis/vulnerabilities/look-up";
import { inngest } from "../client";

const RETRIES = 2;

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Somebody said that the names of their packages may go to OSV: ask it, and keep what it answers. */
export const lookUpVulnerabilitiesFunction = inngest.createFunction(
  {
    id: "look-up-vulnerabilities",
    name: "Look up known vulnerabilities",
    triggers: [{ event: "analysis/vulnerabilities.requested" }],
    retries: RETRIES,
    concurrency: [{ limit: 2 }],
    onFailure: async ({ event, error, step }) => {
      const { analysisId } = vulnerabilitiesRequestedSchema.parse(event.data.event.data);
      await step.run("give-up", () => giveUpLookUp(analysisId, error.message, RETRIES + 1));
    },
  },
  async ({ event, step }) => {
    const { analysisId } = vulnerabilitiesRequestedSchema.parse(event.data);
    const outcome = await step.run("ask", async () => {
      try {
        return await lookUpVulnerabilities(analysisId);
      } catch (error) {
        // The name travels in the message, because that is what is left of an error after the step.
        if (isHopeless(error)) throw new NonRetriableError(describe(error), { cause: error });
        throw new Error(describe(error), { cause: error });
      }
    });
    return { analysisId, outcome };
  },
);
