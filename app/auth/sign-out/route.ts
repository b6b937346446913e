import { NextResponse, type NextRequest } from "next/server";
import { requireSameOrigin } from "@/app/_http/same-origin";
import { problemResponse } from "@/app/_http/problem";
import { forgetViewer } from "@/app/_http/viewer-cookies";
import { authoriseCookies } from "@/lib/access/authorise";
import { logOut } from "@/lib/account/log-out";
import { serverEnv } from "@/lib/env/server";
import { serveRequest } from "@/lib/platform/telemetry/serve-request";

const ROUTE = "/auth/sign-out";

/** Signs this browser out. A plain form posts here, so it works without JavaScript; a link never does. */
export function POST(request: NextRequest): Promise<Response> {
  return serveRequest(request, ROUTE, ({ requestId, trace }) =>
    signOut(request).catch((error: unknown) => problemResponse(error, { requestId, traceId: trace.traceId }, ROUTE)),
  );
}

async function signOut(request: NextRequest): Promise<Response> {
  requireSameOrigin(request, true);
  const { db, user } = await authoriseCookies("public");
  if (user) await logOut(db, { userId: user.id, bearer: undefined, everywhere: false });
  else await db.auth.signOut({ scope: "local" });
  await forgetViewer();
  return NextResponse.redirect(new URL("/", serverEnv().APP_URL), 303);
}
