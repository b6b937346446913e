/**
 * The application, as far as money goes, in one process: its production routes, its workflows, and its relay. Bundled by
 * product.ts, so that it begins in a second. Prints `ready` once it answers on PORT; ends with whoever started it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { runRelay } from "@/lib/platform/outbox/outbox";
import { startOutageRecords } from "@/lib/platform/resilience/start";
import { inRequest } from "./next-scope.ts";

type Handler = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;

const ROUTES: readonly (readonly [pattern: RegExp, load: () => Promise<Readonly<Record<string, unknown>>>])[] = [
  [/^\/api\/v1\/pledges$/, () => import("@/app/api/v1/pledges/route")],
  [/^\/api\/v1\/pledges\/(?<id>[^/]+)$/, () => import("@/app/api/v1/pledges/[id]/route")],
  [/^\/api\/v1\/campaigns\/(?<id>[^/]+)\/totals$/, () => import("@/app/api/v1/campaigns/[id]/totals/route")],
  [/^\/api\/webhooks\/stripe$/, () => import("@/app/api/webhooks/stripe/route")],
  [/^\/api\/health\/ready$/, () => import("@/app/api/health/ready/route")],
  [/^\/api\/inngest$/, () => import("./money-workflows.ts")],
];

async function respond(incoming: IncomingMessage, body: Buffer): Promise<{ answer: Response; finish: () => void }> {
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
  const method = incoming.method ?? "GET";
  const none = (status: number) => ({ answer: new Response(null, { status }), finish: () => undefined });
  for (const [pattern, load] of ROUTES) {
    const match = pattern.exec(url.pathname);
    if (!match) continue;
    const handler = (await load())[method] as Handler | undefined;
    if (!handler) return none(405);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
    const request = new Request(url, { method, headers, ...(method === "GET" ? {} : { body: new Uint8Array(body) }) });
    return inRequest(() => handler(request, { params: Promise.resolve({ ...match.groups }) }));
  }
  return none(404);
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { answer, finish } = await respond(incoming, Buffer.concat(chunks));
  outgoing.once("close", finish);
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}

startOutageRecords();
const stopping = new AbortController();
if (process.env["GAME_DAY_RELAY"] !== "off") void runRelay(stopping.signal);
const server = createServer((incoming, outgoing) => {
  serve(incoming, outgoing).catch((error: unknown) => {
    const said = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${incoming.method} ${incoming.url}: ${said}\n`);
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500).end();
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));
process.stdin.on("end", () => process.exit(0)).resume();
