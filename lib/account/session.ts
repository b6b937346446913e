import type { Session } from "@supabase/supabase-js";
import type { Db } from "@/lib/platform/supabase/server";
import type { AccountSession } from "./schemas";
import { readOwnAccess } from "./store";

/** A session of Supabase Auth as our API gives it. `db` is the client that has just signed in. */
export async function describeSession(db: Db, session: Session): Promise<AccountSession> {
  const access = await readOwnAccess(db);
  return {
    user: {
      id: access.userId,
      email: access.email,
      displayName: access.displayName,
      emailVerified: access.emailVerified,
      isNewUser: access.isNewUser,
    },
    accessToken: session.access_token,
    refreshToken: session.refresh_token,
    expiresAt: new Date(
      (session.expires_at ?? Math.floor(Date.now() / 1000) + session.expires_in) * 1000,
    ).toISOString(),
  };
}
