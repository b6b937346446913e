import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { flushCompileCache } from "node:module";
import type { AddressInfo } from "node:net";
import { setTime } from "./product-clock.ts";
import { hold, idle, inRequest } from "./next-scope.ts";

/**
 * The application, as far as money goes: its production routes and workflows, served over HTTP by one process that can be killed, for
 * the simulation and for game days. Bundled by product.ts, so that it begins in a fraction of a second. Prints `ready <port>`.
 * `/_host/…` belongs to the simulation: the time that this process believes in, the failpoint, and whether work that was left for
 * after an answer still runs. With `HOST_RELAY=on` the worker's relay runs in it too; a schedule publishes by steps of its own.
 */
type Handler = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;
type Module = Readonly<Record<string, unknown>>;

const ROUTES: readonly (readonly [pattern: string, load: () => Promise<Module>])[] = [
  ["/api/v1/pledges", () => import("@/app/api/v1/pledges/route")],
  ["/api/v1/pledges/:id", () => import("@/app/api/v1/pledges/[id]/route")],
  ["/api/v1/pledges/:id/refresh", () => import("@/app/api/v1/pledges/[id]/refresh/route")],
  ["/api/v1/pledges/:id/payments", () => import("@/app/api/v1/pledges/[id]/payments/route")],
  ["/api/v1/campaigns/:id/totals", () => import("@/app/api/v1/campaigns/[id]/totals/route")],
  ["/api/v1/admin/campaigns/:id", () => import("@/app/api/v1/admin/campaigns/[id]/route")],
  ["/api/v1/admin/payments/:id/refunds", () => import("@/app/api/v1/admin/payments/[id]/refunds/route")],
  ["/api/v1/admin/refunds/:id/decision", () => import("@/app/api/v1/admin/refunds/[id]/decision/route")],
  ["/api/v1/admin/reconciliations", () => import("@/app/api/v1/admin/reconciliations/route")],
  ["/api/health/ready", () => import("@/app/api/health/ready/route")],
  ["/api/webhooks/stripe", () => import("@/app/api/webhooks/stripe/route")],
  ["/api/inngest", () => import("./money-workflows.ts")],
];

const compiled = ROUTES.map(([pattern, load]) => ({
  pattern: new RegExp(`^${pattern.replace(":id", "(?<id>[^/]+)")}$`),
  load,
}));

async function respond(incoming: IncomingMessage, body: Buffer): Promise<{ answer: Response; finish: () => void }> {
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
  const method = incoming.method ?? "GET";
  for (const { pattern, load } of compiled) {
    const match = pattern.exec(url.pathname);
    if (!match) continue;
    const handler = (await load())[method] as Handler | undefined;
    if (!handler) return { answer: new Response(null, { status: 405 }), finish: () => undefined };
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
    const request = new Request(url, {
      method,
      headers,
      ...(method === "GET" ? {} : { body: new Uint8Array(body), duplex: "half" as const }),
    });
    return inRequest(() => handler(request, { params: Promise.resolve({ ...match.groups }) }));
  }
  return { answer: new Response(null, { status: 404 }), finish: () => undefined };
}

async function control(path: string, body: Buffer): Promise<object> {
  if (path === "/_host/idle") {
    await idle();
    return {};
  }
  // Node writes its cache at the end of a process, and this one is always killed.
  if (path === "/_host/keep-compiled") {
    flushCompileCache();
    return {};
  }
  const order = JSON.parse(body.toString()) as { aheadMs?: number; failpoint?: string | null };
  if (order.aheadMs !== undefined) setTime(order.aheadMs);
  if (order.failpoint === null) delete process.env["DEVMENTOR_FAILPOINT"];
  else if (order.failpoint !== undefined) process.env["DEVMENTOR_FAILPOINT"] = order.failpoint;
  return {};
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const path = (incoming.url ?? "").split("?", 1)[0] ?? "";
  if (path.startsWith("/_host/")) {
    outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(await control(path, body)));
    return;
  }
  const closed = new Promise((resolve) => outgoing.once("close", resolve));
  hold(closed);
  const { answer, finish } = await respond(incoming, body);
  // Also when whoever asked has hung up: what was left for afterwards is done.
  void closed.then(finish);
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}

const server = createServer((incoming, outgoing) => {
  serve(incoming, outgoing).catch((error: unknown) => {
    process.stderr.write(
      `${incoming.method} ${incoming.url}: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    if (!outgoing.headersSent) outgoing.writeHead(500).end();
    else outgoing.destroy();
  });
});
// As instrumentation.ts does: outages that the breakers notice are written down, and told of.
const { startOutageRecords } = await import("@/lib/platform/resilience/start");
startOutageRecords();
if (process.env["HOST_RELAY"] === "on") {
  const { runRelay } = await import("@/lib/platform/outbox/outbox");
  void runRelay(new AbortController().signal);
}
server.listen(Number(process.env["PORT"] ?? "0"), "127.0.0.1", () => {
  process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`);
});
// It goes with whoever started it, also when that one was killed.
process.stdin.on("end", () => process.exit(0)).resume();
