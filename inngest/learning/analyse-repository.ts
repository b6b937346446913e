import { RetryAfterError } from "inngest";
import { githubGrant } from "@/lib/account/github-connection";
import { describeFailure, giveUpAnalysis, isFinal, refuseAnalysis } from "@/lib/analysis/end-analysis";
import { analysisRequestedSchema } from "@/lib/analysis/events";
import { findInsights, scanRepository, storeResult, type PhaseOutcome } from "@/lib/analysis/run-phases";
import { flushAnalytics } from "@/lib/platform/batch/analytics";
import { inngest } from "../client";

const RETRIES = 2;
const ATTEMPTS = RETRIES + 1;
const FIRST_WAIT_MS = 2_000;

/**
 * Runs a phase once. The host's last word ends the analysis without another try; anything else is
 * tried again after 2 s, then 4 s.
 */
async function attemptPhase(
  analysisId: string,
  attempt: number,
  phase: () => Promise<PhaseOutcome>,
): Promise<PhaseOutcome> {
  try {
    return await phase();
  } catch (error) {
    if (!isFinal(error))
      throw new RetryAfterError(describeFailure(error), FIRST_WAIT_MS * 2 ** attempt, { cause: error });
    await refuseAnalysis(analysisId, error, attempt + 1);
    return "over";
  } finally {
    // A serverless process is frozen between two steps.
    await flushAnalytics();
  }
}

/**
 * `analysis/requested` → scan, insights, store. What reads the clone is one step, because the clone does not outlive it;
 * what it finds is in the database phase by phase, and steps carry ids only (ADR 13).
 */
export const analyseRepository = inngest.createFunction(
  {
    id: "analyse-repository",
    name: "Analyse a repository",
    triggers: [{ event: "analysis/requested" }],
    retries: RETRIES,
    // Clones are heavy: a few at once, and no one person takes all the places.
    concurrency: [{ limit: 4 }, { limit: 2, key: "event.data.userId" }],
    cancelOn: [{ event: "analysis/canceled", match: "data.analysisId" }],
    onFailure: async ({ event, error, step }) => {
      const { analysisId } = analysisRequestedSchema.parse(event.data.event.data);
      await step.run("give-up", async () => {
        await giveUpAnalysis(analysisId, error.message, ATTEMPTS);
        await flushAnalytics();
      });
    },
  },
  async ({ event, step, attempt }) => {
    const { analysisId } = analysisRequestedSchema.parse(event.data);
    const run = (phase: () => Promise<PhaseOutcome>) => () => attemptPhase(analysisId, attempt, phase);
    if (
      (await step.run(
        "scan",
        run(() => scanRepository(analysisId, githubGrant)),
      )) === "over"
    )
      return { analysisId };
    if (
      (await step.run(
        "insights",
        run(() => findInsights(analysisId)),
      )) === "over"
    )
      return { analysisId };
    await step.run(
      "store",
      run(() => storeResult(analysisId)),
    );
    return { analysisId };
  },
);
