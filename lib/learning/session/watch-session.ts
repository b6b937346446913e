import "server-only";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { checkSession, expireSessions, type CheckedSession } from "./store";

/** As many overdue sessions are ended in one go. */
const AT_ONCE = 200;

/**
 * Looks whether somebody is still there: tells once of five minutes of silence, and ends a session of an hour.
 * @returns null when there is no such session any more
 */
export async function watchSession(sessionId: string): Promise<CheckedSession | null> {
  const checked = await checkSession(sessionId);
  if (checked?.told) metrics().studied("session_inactive");
  if (checked?.status === "expired") metrics().studied("session_expired");
  return checked;
}

/** Ends sessions of an hour that nobody watched: their event was lost or their workflow given up. @returns how many */
export async function endOverdueSessions(): Promise<number> {
  const ended = await expireSessions(AT_ONCE);
  for (let n = 0; n < ended; n += 1) metrics().studied("session_expired");
  return ended;
}
