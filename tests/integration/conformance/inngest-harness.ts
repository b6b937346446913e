import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve as serveHttp } from "@hono/node-server";
import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import { startInngest, type InngestOptions } from "../../../devstack/inngest/server.ts";
import type { RunDetail, RunSummary } from "../../../devstack/inngest/queries.ts";
import type { RunningService } from "../../../devstack/service.ts";

export const EVENT_KEY = "test-event-key";
export const SIGNING_KEY = `signkey-test-${"ab".repeat(32)}`;

/** How long anything may take before it counts as never, in ms: the machine may be busy with other suites. */
const PATIENCE_MS = 45_000;

/** The official client, pointed at an executor. */
export function clientFor(
  baseUrl: string,
  options: { id?: string; signingKey?: string; eventKey?: string; isDev?: boolean } = {},
): Inngest {
  return new Inngest({
    id: options.id ?? "app",
    isDev: options.isDev ?? false,
    baseUrl,
    eventKey: options.eventKey ?? EVENT_KEY,
    signingKey: options.signingKey ?? SIGNING_KEY,
    logger: { info: quiet, warn: quiet, error: quiet, debug: quiet },
  });
}

function quiet(): void {
  // The SDK logs every failure that a test makes on purpose.
}

/** An app on a port of its own that serves functions with the official handler. */
export interface TestApp {
  readonly url: string;
  readonly port: number;
  /** Each request the executor made, as it arrived. */
  readonly requests: {
    readonly url: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }[];
  close(): Promise<void>;
}

export async function serveApp(client: Inngest, functions: InngestFunction.Any[], port = 0): Promise<TestApp> {
  const handler = serve({ client, functions });
  const requests: TestApp["requests"] = [];
  const server = await new Promise<Server>((resolve) => {
    const listening = serveHttp(
      {
        port,
        hostname: "127.0.0.1",
        fetch: async (request) => {
          if (request.method === "POST") {
            requests.push({
              url: request.url,
              headers: Object.fromEntries(request.headers),
              body: await request.clone().text(),
            });
          }
          return await handler(request);
        },
      },
      () => resolve(listening as Server),
    );
  });
  const address = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${address.port}/api/inngest`, port: address.port, requests, close };
}

/** Has an app register its functions. @throws Error with the SDK's answer when that is refused */
export async function register(app: TestApp): Promise<void> {
  const answer = await fetch(app.url, { method: "PUT" });
  if (answer.status !== 200) throw new Error(`Registration answered ${answer.status}: ${await answer.text()}`);
}

/** An executor in this process, quick to retry. */
export async function startExecutor(
  databaseUrl: string,
  options: Partial<InngestOptions> = {},
): Promise<RunningService & { lines: string[] }> {
  const lines: string[] = [];
  const service = await startInngest({
    port: 0,
    databaseUrl,
    eventKey: EVENT_KEY,
    signingKey: SIGNING_KEY,
    backoff: () => 30,
    log: (line) => void lines.push(line),
    ...options,
  });
  return Object.assign({ lines }, service);
}

/** Waits until something is so. @throws Error with the last value seen, after `timeoutMs` */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`Not so within ${timeoutMs} ms: ${look.toString().slice(0, 200)}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

export async function getJson<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  return (await response.json()) as T;
}

export async function runsOf(base: string, filter: Record<string, string>): Promise<RunSummary[]> {
  const { items } = await getJson<{ items: RunSummary[] }>(
    `${base}/v0/runs?${new URLSearchParams({ limit: "200", ...filter }).toString()}`,
  );
  return items;
}

export async function runDetail(base: string, id: string): Promise<RunDetail> {
  return await getJson<RunDetail>(`${base}/v0/runs/${id}`);
}

/** The run that an event made of a function, once it has ended. */
export async function endedRun(
  base: string,
  eventId: string,
  functionId: string,
  timeoutMs = PATIENCE_MS,
): Promise<RunDetail> {
  const run = await until(async () => {
    const runs = await runsOf(base, { event: eventId, function: functionId });
    return runs.find((each) => each.endedAt !== null);
  }, timeoutMs);
  return await runDetail(base, run.id);
}
