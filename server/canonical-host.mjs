// Loaded with --import by `npm start`. localhost and 127.0.0.1 are one server but two sites to a browser:
// a sign-in begun under one name would come back to the other and find no cookie. A page asked for under
// the other name is sent to the one given. Calls that are no navigation are left alone.
import { Server } from "node:http";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
// The caller says which: --import …/canonical-host.mjs?home=http://127.0.0.1:3000
const given = new URL(import.meta.url).searchParams.get("home");
const appUrl = given ? new URL(given) : null;

/**
 * Where a request for another loopback name belongs, or null when it may stay.
 * @param {{ method?: string, url?: string, headers: Record<string, string | string[] | undefined> }} request
 * @param {URL} home
 */
export function canonicalPlace(request, home) {
  if (request.method !== "GET" || !String(request.headers.accept ?? "").includes("text/html")) return null;
  const host = String(request.headers.host ?? "").toLowerCase();
  const name = host.replace(/:\d+$/, "");
  if (!LOOPBACK.has(name) || !LOOPBACK.has(home.hostname) || host === home.host) return null;
  if (host.slice(name.length) !== (home.port ? `:${home.port}` : "")) return null;
  const path = request.url ?? "/";
  return path.startsWith("/") ? `${home.origin}${path}` : null;
}

if (appUrl && LOOPBACK.has(appUrl.hostname)) {
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (event, ...values) {
    const [request, response] = values;
    const place = event === "request" ? canonicalPlace(request, appUrl) : null;
    if (!place) return emit.call(this, event, ...values);
    response.writeHead(307, { location: place }).end();
    return true;
  };
}
