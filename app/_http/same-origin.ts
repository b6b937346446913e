import { serverEnv } from "@/lib/env/server";
import { AppError } from "@/lib/kernel/errors";

const LOOPBACK = /^(https?:\/\/)(?:localhost|127\.0\.0\.1|\[::1\])(?=:|$)/;

/** The same origin; on this machine its names are one (`npm start` answers on 127.0.0.1 and localhost). */
function isSameOrigin(origin: string, ours: string): boolean {
  if (origin === ours) return true;
  return (
    LOOPBACK.test(ours) && LOOPBACK.test(origin) && origin.replace(LOOPBACK, "$1") === ours.replace(LOOPBACK, "$1")
  );
}

/**
 * Refuses a cross-site call that could ride on cookies (CSRF). A call that carries cookies must name
 * our own origin; one without cookies may leave Origin out (scripts do), but may not name another.
 * @throws AppError `origin_mismatch`
 */
export function requireSameOrigin(request: Request, carriesSession: boolean): void {
  const origin = request.headers.get("origin");
  if (origin === null && !carriesSession) return;
  const ours = new URL(serverEnv().APP_URL).origin;
  if (origin === null || !isSameOrigin(origin, ours)) {
    throw new AppError("origin_mismatch", "This call must come from our own pages. Reload the page and try again.");
  }
}
