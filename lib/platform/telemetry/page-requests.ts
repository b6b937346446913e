import { subscribe } from "node:diagnostics_channel";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { z } from "zod";
import { log } from "./log";
import { metrics } from "./metrics";

const routesSchema = z.object({
  staticRoutes: z.array(z.object({ page: z.string(), regex: z.string() })),
  dynamicRoutes: z.array(z.object({ page: z.string(), regex: z.string() })),
});

/** What no page answers; one name for all of it, so that whoever asks for a thousand paths makes one series. */
const NOWHERE = "{unmatched}";
/** Files of the build and of `public`: many, small, and none of them a page. */
const ASSETS = /^\/_next\/|\.[a-z0-9]{2,5}$/i;
/** Outside `/api`, and yet it counts itself. */
const COUNTED_ELSEWHERE = new Set(["/auth/sign-out"]);

/**
 * Gives the template of the page behind a path, from what the build wrote of its routes.
 * @param manifest `.next/routes-manifest.json`
 */
export function pageTemplates(manifest: unknown): (pathname: string) => string {
  const { staticRoutes, dynamicRoutes } = routesSchema.parse(manifest);
  const fixed = new Set(staticRoutes.map(({ page }) => page));
  const patterns = dynamicRoutes.map(({ page, regex }) => [new RegExp(regex), page] as const);
  return (pathname) => {
    const plain = pathname.length > 1 ? pathname.replace(/\/$/, "") : pathname;
    if (fixed.has(plain)) return plain;
    return patterns.find(([pattern]) => pattern.test(plain))?.[1] ?? NOWHERE;
  };
}

/**
 * Counts the pages that this process serves, with the time to the last byte: Next renders them without a place of ours round
 * it, so Node's own channel is listened to. Routes under `/api` count themselves (`serveRequest`), files count nowhere.
 */
export async function countPages(): Promise<void> {
  const templateOf = await templates();
  if (!templateOf) return;
  const begun = new WeakMap<IncomingMessage, number>();
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    begun.set(request, performance.now());
  });
  subscribe("http.server.response.finish", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const [pathname = "/"] = (request.url ?? "/").split("?");
    const start = begun.get(request);
    if (start === undefined || pathname.startsWith("/api/") || COUNTED_ELSEWHERE.has(pathname) || ASSETS.test(pathname))
      return;
    metrics().answered({
      method: request.method ?? "GET",
      route: templateOf(pathname),
      status: response.statusCode,
      seconds: (performance.now() - start) / 1000,
    });
  });
}

/** Without a build (`next dev`) there is nothing to read: pages are not counted then. */
async function templates(): Promise<((pathname: string) => string) | undefined> {
  try {
    return pageTemplates(JSON.parse(await readFile(path.join(process.cwd(), ".next", "routes-manifest.json"), "utf8")));
  } catch (error) {
    log.debug({ error }, "pages are not counted: the build's routes cannot be read");
    return undefined;
  }
}
