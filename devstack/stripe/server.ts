import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type Stripe from "stripe";
import { readBody, replyJson } from "../http/forward.ts";
import { closeServer, listen } from "../http/listen.ts";
import { acceptLocalHost } from "../http/local-host.ts";
import type { Log, RunningService } from "../service.ts";
import { checkout } from "./pages/checkout.ts";
import { dashboard } from "./pages/dashboard.ts";
import { ApiError } from "./errors.ts";
import { Clock } from "./clock.ts";
import { control, controlProblem, type Parts } from "./control.ts";
import { Database } from "./database.ts";
import { Exchange, type SeenCall } from "./exchange.ts";
import { Faults } from "./faults.ts";
import { randomIds, seededIds } from "./ids.ts";
import { Store } from "./store.ts";
import { Timers } from "./timers.ts";
import { Webhooks } from "./webhooks.ts";
import { API_VERSION, World } from "./world.ts";

export interface StripeOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Where everything is kept; ":memory:" forgets it. */
  readonly file: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  /** The merchant's endpoint; without one events are only listed. */
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** Makes ids predictable, for runs that are to be repeated. */
  readonly seed?: string;
  /** Told of each call that was understood and of each event, for conformance tests. */
  readonly observe?: { call(call: SeenCall): void; event(event: Stripe.Event): void };
  readonly log: Log;
}

export interface RunningStripe extends RunningService {
  /** The control API without HTTP, e.g. `control("POST", "/_emulator/clock", { advanceMs: 1000 })`. */
  control(method: "DELETE" | "GET" | "POST", path: string, body?: unknown): Promise<object>;
  /** Resolves when no delivery that is due waits or is under way. */
  settle(): Promise<void>;
}

/**
 * Starts the Stripe emulator: the payments part of Stripe's API with its state in one file.
 * @throws Error when the port is taken or the file cannot be opened
 */
export async function startStripe(o: StripeOptions): Promise<RunningStripe> {
  const database = new Database(o.file);
  const server = createServer();
  const port = await listen(server, o.port).catch((error: unknown) => {
    database.close();
    throw error;
  });
  const url = `http://127.0.0.1:${port}`;
  const world = new World({
    database,
    store: new Store(database),
    clock: new Clock(database),
    ids: o.seed === undefined ? randomIds : seededIds(o.seed),
  });
  world.origin = url;
  const faults = new Faults(database);
  const webhooks = new Webhooks(world, faults, o.log);
  if (o.webhook) webhooks.configure(o.webhook.url, o.webhook.secret);
  if (o.observe) {
    const { observe } = o;
    const { onEvent } = world;
    world.onEvent = (event) => {
      onEvent(event);
      observe.event(event);
    };
  }
  const timers = new Timers(world, o.log);
  const exchange = new Exchange(world, faults, { secret: o.secretKey, publishable: o.publishableKey }, o.log);
  exchange.onCall = o.observe?.call;
  const wake = () => {
    timers.wake();
    webhooks.wake();
  };
  timers.onDone = () => webhooks.wake();
  exchange.onDone = wake;
  const parts: Parts = { world, faults, webhooks, timers, exchange };

  server.on("request", (request, response) => {
    if (!acceptLocalHost(request, response)) return;
    answer(parts, request, response).catch((error: unknown) => {
      o.log(`${request.method} ${request.url} failed: ${String(error instanceof Error ? error.stack : error)}`);
      if (!response.headersSent) replyJson(response, 500, { error: "The Stripe emulator failed; see its log." });
      else response.destroy();
    });
  });
  timers.start();
  wake();
  o.log(`Stripe emulator on ${url}`);

  let closing: Promise<void> | undefined;
  const close = async () => {
    timers.close();
    await closeServer(server);
    await webhooks.close();
    database.close();
  };
  return {
    url,
    port,
    control: (method, path, body) => control(parts, method, path, body ?? {}),
    settle: () => webhooks.settle(),
    close: () => (closing ??= close()),
  };
}

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://emulator").pathname;
  if (path.startsWith("/v1/")) return parts.exchange.handle(request, response);
  if (!path.startsWith("/_emulator/")) {
    try {
      if (await dashboard(parts, request, response)) return;
      if (await checkout(parts, API_VERSION, request, response)) return;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return replyJson(response, error.status, { error: error.message });
    }
    return replyJson(response, 404, { error: `The Stripe emulator has no ${request.method} ${path}.` });
  }
  const origin = request.headers.origin;
  if (origin !== undefined && origin !== `http://${request.headers.host}`)
    return replyJson(response, 403, { error: "Another site may not send requests here from a browser." });
  try {
    const text = (await readBody(request)).toString("utf8");
    const body: unknown = text === "" ? {} : JSON.parse(text);
    replyJson(response, 200, await control(parts, request.method ?? "GET", path, body));
  } catch (error) {
    const problem = controlProblem(error);
    replyJson(response, problem.status, problem.body);
  }
}
