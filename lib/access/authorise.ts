import { isAuthRetryableFetchError } from "@supabase/supabase-js";
import { AppError } from "@/lib/kernel/errors";
import { recallAccess, rememberAccess } from "@/lib/platform/access-cache/access-cache";
import { bearerClient, cookieClient, type Db } from "@/lib/platform/supabase/server";
import { accessRecordSchema, loadAccess, type AccessRecord } from "./store";
import { readTokenHint } from "./token";

export type Role = "member" | "campaign_admin" | "operator";

/** Who is asking. `sessionId` is the Supabase session, so that signing out can be seen at once. */
export interface CallerUser {
  readonly id: string;
  readonly email: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
  readonly displayName: string;
  readonly avatarUrl: string | null;
  /** Proven by our mailed link or by GitHub. What is keyed by an address opens only then. */
  readonly emailVerified: boolean;
  /** Until the first-run path is finished or skipped. */
  readonly isNewUser: boolean;
  readonly theme: "system" | "light" | "dark";
  readonly contentFormat: "mixed" | "text" | "diagrams" | "examples";
}

export interface Caller {
  readonly via: "none" | "bearer" | "cookie";
  readonly user: CallerUser | null;
  /** A database client that is this caller: RLS applies. */
  readonly db: Db;
  /** The access token of a bearer caller, for ending its session. */
  readonly bearer: string | undefined;
}

/** A caller who is known. */
export interface SignedInCaller extends Caller {
  readonly via: "bearer" | "cookie";
  readonly user: CallerUser;
}

/** As in the API operations: `live` also checks the live session and role table; a role implies it. */
export type Access = "public" | "user" | "live" | "campaign_admin" | "operator";

const SIGN_IN = "Sign in to go on.";

/**
 * Finds out who sent a request and whether that is enough. A bearer token that is not valid is
 * refused even where nobody need sign in; a stale cookie there merely means nobody.
 * @throws AppError `unauthenticated`, `session_ended`, `forbidden` or `database_unavailable`.
 */
export async function authorise(request: Request, access: Access): Promise<Caller> {
  const header = request.headers.get("authorization");
  const bearer = header === null ? undefined : /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (bearer !== undefined) {
    const db = bearerClient(bearer);
    return { ...grant("bearer", await identify(db, bearer, access), db, access), bearer };
  }
  return authoriseCookies(access);
}

/** {@link authorise} for the browser's session cookies; server components and actions come this way. */
export async function authoriseCookies(access: Access): Promise<Caller> {
  const db = await cookieClient();
  const { data, error } = await db.auth.getSession();
  // A session that could not be refreshed for lack of an answer is not a session that ended.
  if (isAuthRetryableFetchError(error) && access !== "public") {
    throw new AppError("service_unavailable", "We cannot check your session right now. Try again in a minute.", {
      cause: error,
      retryAfterSeconds: 5,
    });
  }
  const token = data.session?.access_token;
  if (!token) return grant("none", null, db, access);
  try {
    return grant("cookie", await identify(db, token, access), db, access);
  } catch (error) {
    if (access !== "public" || !(error instanceof AppError)) throw error;
    return grant("none", null, db, access);
  }
}

async function identify(db: Db, token: string, access: Access): Promise<CallerUser> {
  const hint = readTokenHint(token);
  if (!hint) throw new AppError("unauthenticated", `This is not an access token of ours. ${SIGN_IN}`);
  if (hint.expiresAt * 1000 <= Date.now())
    throw new AppError("unauthenticated", `Your access token has expired. ${SIGN_IN}`);
  if (access === "public" || access === "user") {
    const known = accessRecordSchema.safeParse(await recallAccess(hint.userId, token));
    if (known.success && known.data.userId === hint.userId) return asUser(known.data);
  }
  const record = await loadAccess(db);
  if (!record.sessionLive) throw new AppError("session_ended", "Your session has ended. Sign in again.");
  await rememberAccess(record.userId, token, record);
  return asUser(record);
}

function grant(via: Caller["via"], user: CallerUser | null, db: Db, access: Access): Caller {
  if (access === "public") return { via, user, db, bearer: undefined };
  if (!user) throw new AppError("unauthenticated", SIGN_IN);
  if ((access === "campaign_admin" || access === "operator") && !user.roles.includes(access)) {
    throw new AppError(
      "forbidden",
      `This needs the role ${access.replace("_", " ")}, which your account does not have.`,
    );
  }
  return { via, user, db, bearer: undefined };
}

function asUser(record: AccessRecord): CallerUser {
  return {
    id: record.userId,
    email: record.email,
    sessionId: record.sessionId,
    roles: record.roles,
    displayName: record.displayName,
    avatarUrl: record.avatarUrl,
    emailVerified: record.emailVerified,
    isNewUser: record.isNewUser,
    theme: record.theme,
    contentFormat: record.contentFormat,
  };
}

/** Narrows a caller that `authorise` let through with anything but `public`. */
export function signedIn(caller: Caller): SignedInCaller {
  if (!caller.user || caller.via === "none") throw new AppError("unauthenticated", SIGN_IN);
  return { ...caller, via: caller.via, user: caller.user };
}
