/** Where people go who asked for no place in particular. */
export const DEFAULT_NEXT = "/learn";

const CONTROL_OR_BACKSLASH = /[\u0000-\u001f\u007f\\]/;

/** Places that would lead in a circle or are no pages. */
const NOT_A_PAGE = /^\/(login|auth|api)(\/|$)/;

/**
 * Makes of a `next` that came from outside a path on our own origin, or `fallback`. Refused are other
 * hosts in every spelling (`//host`, `/\host`, `https:host`), control characters, sign-in itself and the API.
 * @returns path, query and fragment; always begins with exactly one `/`.
 */
export function safeNext(value: unknown, fallback: string = DEFAULT_NEXT): string {
  if (typeof value !== "string" || !value.startsWith("/") || value.length > 1024 || CONTROL_OR_BACKSLASH.test(value))
    return fallback;
  const base = "http://own.invalid";
  let url: URL;
  try {
    url = new URL(value, base);
  } catch {
    // Not a URL at all, so not a place to go.
    return fallback;
  }
  if (url.origin !== base || url.username !== "" || url.pathname.startsWith("//") || NOT_A_PAGE.test(url.pathname))
    return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The sign-in page that leads back to `next` afterwards. */
export function loginPath(next?: string): string {
  const back = next === undefined ? undefined : safeNext(next, "");
  return back ? `/login?next=${encodeURIComponent(back)}` : "/login";
}
