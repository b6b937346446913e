import { serverEnv } from "@/lib/env/server";

/**
 * Of the session's cookies. Scripts of ours must read them (Realtime connects with the access token);
 * the content security policy keeps other scripts out.
 */
export function sessionCookieOptions(): { path: string; sameSite: "lax"; secure: boolean } {
  return { path: "/", sameSite: "lax", secure: serverEnv().APP_URL.startsWith("https:") };
}
