import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { registerHooks } from "node:module";
import { serve } from "inngest/node";

/**
 * The application's real routes in a process of its own, so that its real log, spans and reports can be read. What
 * Next would bring (a cookie jar, `after`) is brought here; PORT says where it listens.
 */
const NEXT: Readonly<Record<string, string>> = {
  "next/headers":
    "export const cookies = async () => ({ getAll: () => [], get: () => undefined, set() {}, delete() {} });" +
    "export const headers = async () => new Headers();",
  "next/server": "export const after = (task) => void Promise.resolve().then(task);",
};
registerHooks({
  resolve: (specifier, context, next) => {
    const source = NEXT[specifier];
    if (source === undefined) return next(specifier, context);
    return { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true };
  },
});

const { boot } = await import("@/lib/platform/telemetry/boot");
const telemetry = await boot(() => import("@sentry/node"));
const { logConsole } = await import("@/lib/platform/telemetry/console-lines");
logConsole();
const { log } = await import("@/lib/platform/telemetry/log");
const { handle } = await import("@/app/_http/handle");
const { defineOperation } = await import("@/app/_http/operation");
const { inngest } = await import("@/inngest/client");
const { analyseRepository } = await import("@/inngest/learning/analyse-repository");

/** A route whose verb meets the worst: an error full of what must not leave. */
const boom = handle(
  defineOperation({
    id: "boom",
    method: "GET",
    path: "/boom/{id}",
    summary: "fails",
    tag: "test",
    access: "public",
    responses: {},
    errors: ["internal"],
  }),
  async ({ request }) => {
    const canary = request.headers.get("x-canary") ?? "";
    log.info({ donor: { email: canary }, nested: { deep: [{ note: canary }] } }, `about to fail for ${canary}`);
    console.error(`third party says ${canary}`);
    throw new Error(`boom ${canary}`, { cause: new TypeError(`inner ${canary}`) });
  },
);

type Handler = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>;
const routes: readonly (readonly [method: string, path: RegExp, handler: Handler])[] = [
  ["GET", /^\/boom\/(?<id>[^/]+)$/, boom],
  ["POST", /^\/api\/v1\/users\/login$/, (await import("@/app/api/v1/users/login/route")).POST],
  ["POST", /^\/api\/v1\/users\/register$/, (await import("@/app/api/v1/users/register/route")).POST],
  ["GET", /^\/api\/v1\/me$/, (await import("@/app/api/v1/me/route")).GET],
  ["POST", /^\/api\/v1\/analyses$/, (await import("@/app/api/v1/analyses/route")).POST],
  ["GET", /^\/api\/v1\/analyses\/(?<id>[^/]+)$/, (await import("@/app/api/v1/analyses/[id]/route")).GET],
  ["GET", /^\/api\/metrics$/, (await import("@/app/api/metrics/route")).GET],
  ["GET", /^\/api\/health\/ready$/, (await import("@/app/api/health/ready/route")).GET],
  ["GET", /^\/api\//, (await import("@/app/api/[...unmatched]/route")).GET],
];
const functions = serve({ client: inngest, functions: [analyseRepository], servePath: "/api/inngest" });

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
  if (url.pathname === "/api/inngest") return void (await functions(incoming, outgoing));
  const found = routes.find(([method, path]) => method === incoming.method && path.test(url.pathname));
  if (!found) return void outgoing.writeHead(404).end();
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as [string, string]] : [],
  );
  const body = incoming.method === "GET" ? {} : { body: Buffer.concat(chunks) };
  const request = new Request(url, { method: incoming.method ?? "GET", headers, ...body });
  const params = Promise.resolve({ ...found[1].exec(url.pathname)?.groups });
  const response = await found[2](request, { params });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch((error: unknown) => {
    log.error({ error }, "the host failed");
    outgoing.writeHead(500).end();
  });
}).listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));

process.once("SIGTERM", () => void telemetry.stop().then(() => process.exit(0)));
