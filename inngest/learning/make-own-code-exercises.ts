import { RetryAfterError } from "inngest";
import { githubGrant } from "@/lib/account/github-connection";
import { describeFailure, isFinal } from "@/lib/analysis/end-analysis";
import { analysisCompletedSchema } from "@/lib/analysis/events";
import { readFunctions } from "@/lib/analysis/standalone/read-functions";
import { LEARNING_EVENTS } from "@/lib/learning/events";
import {
  endRun,
  giveUpRun,
  keepCandidates,
  makeSome,
  MOST_STEPS,
  ownCodeJob,
  refuseRun,
} from "@/lib/learning/own-code/make-exercises";
import { askOwnCode } from "@/lib/learning/own-code/store";
import { inngest } from "../client";

const RETRIES = 4;
const WAIT_MS = 2_000;

/** @returns how many functions wait, and how many the repository has; null when the run is over */
async function readOnce(runId: string, attempt: number): Promise<{ waiting: number; found: number } | null> {
  const job = await ownCodeJob(runId);
  if (!job) return null;
  if (job.status === "running") {
    // It was killed after what it read had been kept.
    const waiting = await keepCandidates(runId, [], 0);
    return waiting === null ? null : { waiting, found: waiting };
  }
  try {
    const { found, total } = await readFunctions(job, githubGrant);
    const waiting = await keepCandidates(runId, found, total);
    return waiting === null ? null : { waiting, found: total };
  } catch (error) {
    if (!isFinal(error)) throw new RetryAfterError(describeFailure(error), WAIT_MS * 2 ** attempt, { cause: error });
    await refuseRun(runId, error.message);
    return null;
  }
}

/** `analysis/completed` → a run for everyone who asked and allows it; those who allow it later begin theirs by that. */
export const askOwnCodeFunction = inngest.createFunction(
  {
    id: "ask-own-code-exercises",
    name: "Ask for exercises of analysed code",
    triggers: [{ event: "analysis/completed" }],
    retries: 4,
  },
  async ({ event, step }) => {
    const { analysisId, userIds, traceparent } = analysisCompletedSchema.parse(event.data);
    return { analysisId, asked: await step.run("ask", () => askOwnCode(analysisId, userIds, traceparent ?? null)) };
  },
);

/**
 * `learning/own-code.asked` → exercises, a few functions a step. Steps carry numbers alone: the functions wait in the database,
 * each until it was tried, so that a run that was killed anywhere goes on, makes nothing twice and leaves nothing behind.
 */
export const makeOwnCodeExercises = inngest.createFunction(
  {
    id: "make-own-code-exercises",
    name: "Make exercises of a learner's own code",
    triggers: [{ event: "learning/own-code.asked" }],
    retries: RETRIES,
    // One of the places where code is run, so that the others are there for answers.
    concurrency: [{ limit: 1 }],
    onFailure: async ({ event, error, step }) => {
      const { runId } = LEARNING_EVENTS["learning/own-code.asked"].parse(event.data.event.data);
      await step.run("give-up", () => giveUpRun(runId, error.message, RETRIES + 1));
    },
  },
  async ({ event, step, attempt }) => {
    const { runId } = LEARNING_EVENTS["learning/own-code.asked"].parse(event.data);
    const read = await step.run("read", () => readOnce(runId, attempt));
    if (read === null) return { runId, items: null };
    let left: number | null = read.waiting;
    for (let n = 1; left !== null && left > 0 && n <= MOST_STEPS; n += 1)
      left = await step.run(`make-${n}`, () => makeSome(runId));
    return { runId, items: await step.run("finish", () => endRun(runId, read)) };
  },
);
