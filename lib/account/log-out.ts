import { forgetAccess } from "@/lib/platform/access-cache/access-cache";
import { authFailure } from "@/lib/platform/supabase/auth-failure";
import type { Db } from "@/lib/platform/supabase/server";

/** A session that is gone already is signed out already. */
const GONE = new Set(["session_not_found", "session_expired", "user_not_found", "refresh_token_not_found"]);

interface Leaving {
  readonly userId: string;
  /** The API caller's access token; a browser's is in the client's cookies. */
  readonly bearer: string | undefined;
  /** Every session of this person, not just this one. */
  readonly everywhere: boolean;
}

/**
 * Ends this session, or all of them. Takes effect at once wherever the live session is checked, and
 * elsewhere as soon as the cache could be dropped.
 * @throws AppError `service_unavailable`.
 */
export async function logOut(db: Db, leaving: Leaving): Promise<void> {
  const scope = leaving.everywhere ? "global" : "local";
  const { error } =
    leaving.bearer === undefined
      ? await db.auth.signOut({ scope })
      : await db.auth.admin.signOut(leaving.bearer, scope);
  await forgetAccess(leaving.userId);
  if (error && !(error.code !== undefined && GONE.has(error.code))) throw authFailure(error);
}
