import {
  HINT_MAX_AGE_SECONDS,
  THEME_COOKIE,
  themeOf,
  VIEWER_COOKIE,
  VIEWERS,
  type Theme,
  type Viewer,
} from "@/lib/kernel/viewer";

export interface Hints {
  readonly viewer: Viewer;
  readonly theme: Theme;
  /** Whether a Supabase session cookie is there; it may have expired. */
  readonly hasSession: boolean;
}

/** Reads the hints from `document.cookie`. */
export function readHints(cookie: string): Hints {
  const pairs = new Map(
    cookie.split("; ").map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")] as const;
    }),
  );
  return {
    viewer: VIEWERS.find((viewer) => viewer === pairs.get(VIEWER_COOKIE)) ?? "none",
    theme: themeOf(pairs.get(THEME_COOKIE)),
    hasSession: [...pairs.keys()].some((name) => /^sb-.+-auth-token(\.\d+)?$/.test(name)),
  };
}

function writeCookie(name: string, value: string | null): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value ?? ""}; Path=/; Max-Age=${value === null ? 0 : HINT_MAX_AGE_SECONDS}; SameSite=Lax${secure}`;
}

/** Draws the navigation of this viewer, now and on the next page load. */
export function rememberViewer(viewer: Viewer): void {
  if (viewer === "none") {
    document.documentElement.removeAttribute("data-viewer");
    if (readHints(document.cookie).viewer !== "none") writeCookie(VIEWER_COOKIE, null);
    return;
  }
  document.documentElement.setAttribute("data-viewer", viewer);
  writeCookie(VIEWER_COOKIE, viewer);
}

/** Draws this theme, as the first-paint script does where a page is loaded whole. */
export function showTheme(theme: Theme): void {
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
}

/** Switches the theme, now and on the next page load. */
export function rememberTheme(theme: Theme): void {
  showTheme(theme);
  writeCookie(THEME_COOKIE, theme === "system" ? null : theme);
}
