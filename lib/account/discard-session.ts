import type { Session } from "@supabase/supabase-js";
import { AppError } from "@/lib/kernel/errors";
import { bearerClient, type Db } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";
import { deleteOwnAccount } from "./store";

/** Younger than this when it came back from GitHub, an account was made by that very trip. */
const JUST_MADE_MS = 2 * 60_000;

/**
 * Somebody signed in went to GitHub to grant more and came back as another person: GitHub's user
 * belongs to a different account, or had none and was just given one. That session is ended, an
 * account that only this trip made is deleted again, and the browser is who it was.
 */
export async function discardStrangersSession(
  db: Db,
  stranger: Session,
  before: { readonly accessToken: string; readonly refreshToken: string },
): Promise<void> {
  const theirs = bearerClient(stranger.access_token);
  const isNew = Date.now() - Date.parse(stranger.user.created_at) < JUST_MADE_MS;
  if (isNew) await deleteOwnAccount(theirs);
  else {
    const { error } = await theirs.auth.admin.signOut(stranger.access_token, "local");
    if (error) log.warn({ error }, "a stranger's session could not be ended; it is in no cookie and ends by itself");
  }
  const { error } = await db.auth.setSession({ access_token: before.accessToken, refresh_token: before.refreshToken });
  if (error) throw new AppError("session_ended", "Your session has ended. Sign in again.", { cause: error });
}
