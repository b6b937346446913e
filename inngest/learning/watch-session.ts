import { LEARNING_EVENTS } from "@/lib/learning/events";
import { endOverdueSessions, watchSession } from "@/lib/learning/session/watch-session";
import { inngest } from "../client";

const CHECK = "5m";
/** After 5, 10 and 15 minutes, and so on for as long as a session may last: silence can begin at any time. */
const WAITS: readonly string[] = Array.from({ length: 12 }, () => CHECK);

/**
 * Watches each session from its start to its end. Ending it ends the watch.
 * @param waits how long it waits before each check; tests wait for less
 */
export function watchSessions(waits: readonly string[]) {
  return inngest.createFunction(
    {
      id: "watch-learning-session",
      name: "Look after a learning session",
      triggers: [{ event: "learning/session.started" }],
      retries: 4,
      cancelOn: [{ event: "learning/session.completed", match: "data.sessionId" }],
    },
    async ({ event, step }) => {
      const { sessionId } = LEARNING_EVENTS["learning/session.started"].parse(event.data);
      let told = 0;
      for (const [index, wait] of waits.entries()) {
        await step.sleep(`wait-${index + 1}`, wait);
        const checked = await step.run(`check-${index + 1}`, () => watchSession(sessionId));
        if (checked?.told) told += 1;
        if (checked?.status !== "active") return { sessionId, status: checked?.status ?? null, told };
      }
      return { sessionId, status: "active" as const, told };
    },
  );
}

export const watchSessionFunction = watchSessions(WAITS);

/** Every ten minutes: sessions of an hour that were not ended are. */
export const endOverdueSessionsFunction = inngest.createFunction(
  {
    id: "end-overdue-learning-sessions",
    name: "End learning sessions that are over",
    triggers: [{ cron: "*/10 * * * *" }],
    retries: 1,
  },
  async ({ step }) => ({ ended: await step.run("end", () => endOverdueSessions()) }),
);
