import "server-only";
import { appState } from "@/lib/platform/state/app-state";
import type { StateOf } from "@/lib/platform/state/state";
import { log } from "@/lib/platform/telemetry/log";
import { liveSessionSchema, type LiveSession } from "./schemas";

const NOTHING: LiveSession = { draft: null, runs: 0, runErrors: 0 };

const live = (sessionId: string): StateOf<LiveSession> => ({
  scope: "learning-session",
  key: sessionId,
  schema: liveSessionSchema,
  initial: NOTHING,
});

/** What the devices of a session share. */
export async function readLive(sessionId: string): Promise<LiveSession> {
  return (await appState().read(live(sessionId))).value;
}

/** Changes it. A draft that could not be kept costs nobody their session: it is logged, and the next one is kept. */
export async function changeLive(sessionId: string, change: (now: LiveSession) => LiveSession): Promise<void> {
  await appState()
    .update(live(sessionId), change)
    .catch((error: unknown) => log.warn({ error, sessionId }, "what a session's devices share was not kept"));
}
