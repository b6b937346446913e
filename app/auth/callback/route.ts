import { NextResponse, type NextRequest } from "next/server";
import { takeErrand, type GithubErrand } from "@/app/_http/github-errand";
import { rememberViewer } from "@/app/_http/viewer-cookies";
import type { SignInProblem } from "@/app/(site)/login/problems";
import { authoriseCookies, type CallerUser } from "@/lib/access/authorise";
import { safeNext } from "@/lib/access/safe-next";
import { githubConnection, storeGithubToken } from "@/lib/account/github-connection";
import { finishGithubSignIn, type GithubSignIn } from "@/lib/account/github-sign-in";
import { discardStrangersSession } from "@/lib/account/discard-session";
import { serverEnv } from "@/lib/env/server";
import { AppError } from "@/lib/kernel/errors";
import { cookieClient, type Db } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";

/**
 * Where GitHub, through Supabase Auth, brings people back. The code works once and only with the
 * verifier that this browser has in a cookie; everything else ends on the sign-in page with a reason.
 */
export async function GET(request: NextRequest): Promise<NextResponse> {
  const query = request.nextUrl.searchParams;
  const errand = await takeErrand();
  const code = query.get("code");
  if (!code) return refuse(problemFor(query));
  const db = await cookieClient();
  // Whoever consents to more for an account that is signed in must come back as the same.
  const before = errand.intent === "connect" ? await sessionOf(db) : null;
  let signIn: GithubSignIn;
  try {
    signIn = await finishGithubSignIn(db, code);
  } catch (error) {
    log.info({ error }, "a sign-in with GitHub was refused");
    return refuse(error instanceof AppError && error.status >= 500 ? "unavailable" : "used");
  }
  if (before && before.userId !== signIn.session.user.id) {
    await discardStrangersSession(db, signIn.session, before);
    return go("/settings?github=other-account#github");
  }
  const { user } = await authoriseCookies("user");
  if (!user) return refuse("unavailable");
  const stored = await keepToken(db, user, signIn.githubToken, errand);
  await rememberViewer(user.roles, user.theme);
  if (errand.intent === "connect")
    return go(safeNext(errand.next, `/settings?github=${stored ? "connected" : "not-stored"}#github`));
  return go(safeNext(errand.next, user.isNewUser ? "/onboarding" : undefined));
}

async function sessionOf(db: Db) {
  const { data } = await db.auth.getSession();
  return data.session
    ? { userId: data.session.user.id, accessToken: data.session.access_token, refreshToken: data.session.refresh_token }
    : null;
}

/** A sign-in asks for less than private repositories need, so it must not replace a token that can do more. */
async function keepToken(db: Db, user: CallerUser, token: string | null, errand: GithubErrand): Promise<boolean> {
  if (!token) return false;
  try {
    if (errand.intent === "sign-in") {
      const known = await githubConnection(db);
      if (known?.scopes.includes("repo")) return true;
    }
    await storeGithubToken({ userId: user.id, token, scopes: errand.scopes });
    return true;
  } catch (error) {
    // Signing in succeeded; the settings show that GitHub is not connected, and how to.
    log.error({ error, userId: user.id }, "the GitHub token could not be stored");
    return false;
  }
}

function problemFor(query: URLSearchParams): SignInProblem {
  const error = query.get("error_code") ?? query.get("error") ?? "";
  if (error === "access_denied") return "denied";
  if (/state/.test(error) || /state/i.test(query.get("error_description") ?? "")) return "state";
  if (error === "") return "state";
  log.info(
    { reason: error, description: query.get("error_description")?.slice(0, 300) },
    "Supabase Auth refused a sign-in",
  );
  return "address";
}

const refuse = (problem: SignInProblem) => go(`/login?problem=${problem}`);

function go(path: string): NextResponse {
  const response = NextResponse.redirect(new URL(path, serverEnv().APP_URL), 303);
  response.headers.set("Cache-Control", "no-store");
  return response;
}
