/**
 * What the browser may know about its reader before any request: which navigation and which theme to
 * draw. Both are cookies that scripts can read, and neither proves anything: a page or a call is
 * guarded by the session alone. Thanks to them prerendered pages stay prerendered.
 */
export const VIEWER_COOKIE = "viewer";
export const THEME_COOKIE = "theme";

/** `none` is somebody who is not signed in. */
export const VIEWERS = ["none", "member", "campaign_admin", "operator"] as const;
export type Viewer = (typeof VIEWERS)[number];

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** A year, in seconds: both cookies are remembered that long. */
export const HINT_MAX_AGE_SECONDS = 365 * 24 * 60 * 60;

/** The viewer with these roles: the one who may do most. Someone signed in is at least a member. */
export function viewerOf(roles: readonly string[]): Viewer {
  if (roles.includes("operator")) return "operator";
  if (roles.includes("campaign_admin")) return "campaign_admin";
  return "member";
}

/** Reads a theme from a cookie or a form; anything unknown is `system`. */
export function themeOf(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}
