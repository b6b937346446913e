import { z } from "zod";
import { STANDINGS } from "./bloom/rules";

const session = { sessionId: z.uuid(), userId: z.uuid() };

/** Events about learning, as the outbox writes them and Inngest delivers them. */
export const LEARNING_EVENTS = {
  "learning/session.started": z.object(session),
  "learning/session.completed": z.object({ ...session, outcome: z.enum(["completed", "left", "expired"]) }),
  "learning/session.inactive": z.object(session),
  "learning/response.graded": z.object({
    ...session,
    responseId: z.uuid(),
    passed: z.boolean(),
    standing: z.enum(STANDINGS),
  }),
  "learning/response.appealed": z.object({ ...session, responseId: z.uuid() }),
  /** Exercises are to be made of an analysed repository, for a learner who allows it. */
  "learning/own-code.asked": z.object({ runId: z.uuid(), analysisId: z.uuid(), userId: z.uuid() }),
  "learning/response.settled": z.object({ ...session, responseId: z.uuid(), overturned: z.boolean() }),
} as const;
