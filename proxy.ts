import { NextResponse, type NextRequest } from "next/server";
import { createServerClient } from "@supabase/ssr";
import { contentSecurityPolicy } from "@/app/_http/content-security-policy";
import { PATH_HEADER } from "@/lib/access/path-header";
import { serverEnv } from "@/lib/env/server";
import { sessionCookieOptions } from "@/lib/platform/supabase/cookie-options";

/**
 * Pages made at build time, the same for everybody: they cannot bear a nonce, so their policy lets inline scripts
 * through. They show nothing of the reader's and take nothing from them. Every other address is rendered on request.
 */
const PRERENDERED = /^\/(?:campaigns\/[^/]+|privacy)?$/;

/** Where cards are typed: the only pages that may load Stripe's script and frames. */
const PAYMENT = /^\/(?:campaigns\/[^/]+\/give|pledges\/[^/]+)$/;

/** Where operators may have Grafana's dashboard shown to them. */
const HEALTH = "/admin/health";

/** A Supabase session cookie, whole or in chunks. */
const SESSION_COOKIE = /^sb-.+-auth-token(\.\d+)?$/;

/**
 * Before each page: keeps the session fresh (server components cannot set cookies), says which page
 * was asked for, sets the content security policy. It guards nothing: each page and each call checks
 * its caller itself, so that going round the proxy gains nothing.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, searchParams } = request.nextUrl;
  // Supabase Auth brings a failed sign-in back to the site's root; its page cannot explain it.
  if (pathname === "/" && (searchParams.has("error_code") || searchParams.has("error_description"))) {
    const explain = new URL("/auth/callback", serverEnv().APP_URL);
    explain.search = request.nextUrl.search;
    return NextResponse.redirect(explain);
  }

  const env = serverEnv();
  const nonce = PRERENDERED.test(pathname) ? null : crypto.randomUUID().replaceAll("-", "");
  const policy = contentSecurityPolicy({
    supabaseUrl: env.SUPABASE_URL,
    githubUrl: env.GITHUB_URL,
    nonce,
    development: process.env.NODE_ENV === "development",
    secure: env.APP_URL.startsWith("https:"),
    ...(PAYMENT.test(pathname)
      ? { payment: { stripeJsUrl: env.STRIPE_JS_URL, challenge: env.TURNSTILE_SITE_KEY !== undefined } }
      : {}),
    ...(pathname === HEALTH ? { dashboardUrl: env.GRAFANA_DASHBOARD_URL } : {}),
  });

  const next = () => {
    const headers = new Headers(request.headers);
    headers.set(PATH_HEADER, pathname + request.nextUrl.search);
    headers.delete("x-middleware-subrequest");
    // Next reads the nonce for its own scripts from this header of the request.
    if (nonce) headers.set("content-security-policy", policy);
    else headers.delete("content-security-policy");
    return NextResponse.next({ request: { headers } });
  };

  let response = next();
  if (request.cookies.getAll().some(({ name }) => SESSION_COOKIE.test(name))) {
    const supabase = createServerClient(env.SUPABASE_URL, env.SUPABASE_PUBLISHABLE_KEY, {
      cookieOptions: sessionCookieOptions(),
      global: { fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(4_000) }) },
      cookies: {
        getAll: () => request.cookies.getAll(),
        setAll: (cookies, cacheHeaders) => {
          for (const { name, value } of cookies) request.cookies.set(name, value);
          response = next();
          for (const { name, value, options } of cookies) response.cookies.set(name, value, options);
          for (const [name, value] of Object.entries(cacheHeaders)) response.headers.set(name, value);
        },
      },
    });
    // Refreshes a session that is about to end. One that cannot be refreshed now is left to the page.
    await supabase.auth.getSession();
  }
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

export const config = {
  matcher: [
    // Not for files (those of `python/` have a policy of their own in next.config.ts), and not for the API, which reads and refreshes its caller's session itself.
    "/((?!api/|python/|_next/static|_next/image|.*\\.(?:svg|png|ico|jpg|webp|woff2|txt|xml|webmanifest|js|css|map)$).*)",
  ],
};
