import "server-only";
import { cookies } from "next/headers";
import { HINT_MAX_AGE_SECONDS, THEME_COOKIE, VIEWER_COOKIE, viewerOf, type Theme } from "@/lib/kernel/viewer";
import { serverEnv } from "@/lib/env/server";

const options = () => ({
  path: "/",
  sameSite: "lax" as const,
  secure: serverEnv().APP_URL.startsWith("https:"),
  maxAge: HINT_MAX_AGE_SECONDS,
});

/** Tells this browser which navigation and theme to draw for who has just signed in. It proves nothing. */
export async function rememberViewer(roles: readonly string[], theme: Theme): Promise<void> {
  const jar = await cookies();
  jar.set(VIEWER_COOKIE, viewerOf(roles), options());
  if (theme !== "system") jar.set(THEME_COOKIE, theme, options());
}

/** Draws the navigation of a visitor again. The theme stays: it is this browser's. */
export async function forgetViewer(): Promise<void> {
  (await cookies()).delete(VIEWER_COOKIE);
}

export async function rememberTheme(theme: Theme): Promise<void> {
  const jar = await cookies();
  if (theme === "system") jar.delete(THEME_COOKIE);
  else jar.set(THEME_COOKIE, theme, options());
}
