import { AppError } from "@/lib/kernel/errors";
import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import { authFailure } from "@/lib/platform/supabase/auth-failure";
import type { Db } from "@/lib/platform/supabase/server";
import type { AccountSession } from "./schemas";
import { describeSession } from "./session";
import { endReusedTokenFamily } from "./store";

const ENDED = "This refresh token has been used, or its session has ended. Sign in again.";

const USED_UP = new Set([
  "refresh_token_not_found",
  "refresh_token_already_used",
  "session_not_found",
  "session_expired",
  "user_not_found",
  "validation_failed",
]);

/**
 * Exchanges a refresh token for a new session. A token used more than ten seconds ago means that
 * somebody has a copy: its whole family is ended, whoever asks.
 * @param db an anonymous client; afterwards it is signed in.
 * @throws AppError `session_ended`, `service_unavailable`.
 */
export async function refreshSession(db: Db, refreshToken: string): Promise<AccountSession> {
  const owner = await endReusedTokenFamily(refreshToken);
  if (owner !== null) {
    await forgetAccess(owner);
    throw new AppError("session_ended", ENDED);
  }
  const { data, error } = await db.auth.refreshSession({ refresh_token: refreshToken });
  if (error)
    throw error.code !== undefined && USED_UP.has(error.code)
      ? new AppError("session_ended", ENDED, { cause: error })
      : authFailure(error);
  if (!data.session) throw new AppError("session_ended", ENDED);
  return describeSession(db, data.session);
}
