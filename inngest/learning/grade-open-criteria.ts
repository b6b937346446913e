import { LEARNING_EVENTS } from "@/lib/learning/events";
import { gradeAnswer } from "@/lib/learning/review/grade-answer";
import { inngest } from "../client";

/** How long to wait for models that did not answer, each time; after that a person has to look. */
const PAUSES = ["5m", "30m", "2h"] as const;

/**
 * `learning/response.graded` → what no check can tell of the answer is put to a model, if there is one and the learner allows it. The
 * answer's own transaction is long over: nobody waits for this. Where no model answers it asks again later, while an operator may be faster. In every other case the answer goes on waiting for an operator.
 */
export const gradeOpenCriteriaFunction = inngest.createFunction(
  {
    id: "grade-open-criteria",
    name: "Grade what no check can tell",
    triggers: [{ event: "learning/response.graded", if: "event.data.standing == 'needs_review'" }],
    retries: 4,
    concurrency: [{ limit: 2 }],
  },
  async ({ event, step }) => {
    const { responseId, standing } = LEARNING_EVENTS["learning/response.graded"]
      .pick({ responseId: true, standing: true })
      .parse(event.data);
    if (standing !== "needs_review") return { responseId, graded: "decided" as const };
    // One step each time, so that the learner's words and what was said of them are not kept among the steps.
    let graded = await step.run("grade", () => gradeAnswer(responseId));
    for (const [index, pause] of PAUSES.entries()) {
      if (graded !== "unavailable") break;
      await step.sleep(`wait-${index + 1}`, pause);
      graded = await step.run(`grade-again-${index + 1}`, () =>
        gradeAnswer(responseId, { last: index === PAUSES.length - 1 }),
      );
    }
    return { responseId, graded };
  },
);
