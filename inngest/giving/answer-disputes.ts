import { sendDisputeAnswers } from "@/lib/giving/dispute/send-answers";
import { inngest } from "../client";

/** Every minute: answers to disputes that the request could not send, and those whose sending was cut short. */
export const answerDisputesFunction = inngest.createFunction(
  {
    id: "answer-disputes",
    name: "Send answers to disputes",
    triggers: [{ cron: "* * * * *" }],
    retries: 0,
    concurrency: [{ limit: 1 }],
  },
  async ({ step }) => step.run("send", () => sendDisputeAnswers()),
);
