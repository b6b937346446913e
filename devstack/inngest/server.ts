import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { Log, RunningService } from "../service.ts";
import { apiRoutes } from "./api.ts";
import { Caller } from "./call.ts";
import { pageRoutes } from "./pages/routes.ts";
import { Registry } from "./registry.ts";
import { Scheduler } from "./scheduler.ts";
import { isPassing, type Sql } from "./database.ts";
import { openDatabase } from "./schema.ts";
import { assertSigningKey } from "./signing.ts";
import { AppSync } from "./sync.ts";
import { prune } from "./timers.ts";
import { defaultBackoff, type Backoff } from "./transitions.ts";

export interface InngestOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly databaseUrl: string;
  readonly eventKey: string;
  /** `signkey-<environment>-<hex>`; the same as the app's INNGEST_SIGNING_KEY. */
  readonly signingKey: string;
  readonly log: Log;
  /** Where everything is kept; `devstack_inngest` when absent. */
  readonly schema?: string;
  /** Serve endpoints to sync, e.g. `http://localhost:3000/api/inngest`; tried until reachable. */
  readonly apps?: readonly string[];
  /** How long to wait before a retry; 1 s doubling up to a minute when absent. */
  readonly backoff?: Backoff;
}

const PRUNE_EVERY_MS = 3_600_000;

/**
 * Starts the embedded Inngest executor. A database has one executor at a time: the newest takes over.
 * Apps reach it with `INNGEST_BASE_URL`, `INNGEST_EVENT_KEY` and `INNGEST_SIGNING_KEY`, and without `INNGEST_DEV`,
 * so that the SDK checks our signatures and we check its.
 * @throws Error when PostgreSQL cannot be reached, the port is taken, or the signing key has another form
 */
export async function startInngest(o: InngestOptions): Promise<RunningService> {
  assertSigningKey(o.signingKey);
  const sql = await openDatabase(o.databaseUrl, o.schema ?? "devstack_inngest", o.log);
  try {
    return await run(o, sql);
  } catch (error) {
    await sql.end();
    throw error;
  }
}

async function run(o: InngestOptions, sql: Sql): Promise<RunningService> {
  const token = randomUUID();
  await takeOver(sql, token);
  const registry = new Registry(sql);
  await registry.load(o.log);

  const caller = new Caller();
  const scheduler = new Scheduler({
    sql,
    registry,
    caller,
    signingKey: o.signingKey,
    token,
    backoff: o.backoff ?? defaultBackoff(1_000),
    log: o.log,
  });
  const wake = (): void => scheduler.wake();
  const sync = new AppSync({
    registry,
    caller,
    urls: o.apps ?? [],
    signingKey: o.signingKey,
    log: o.log,
    onChange: wake,
  });

  const app = new Hono();
  // A page of another site that resolves its name to this machine (DNS rebinding) must not read or steer runs.
  app.use(async (c, next) => {
    const host = (c.req.header("host") ?? "").toLowerCase();
    if (/^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(host)) return await next();
    return c.json({ status: 421, error: "This server answers to localhost and 127.0.0.1 only." }, 421);
  });
  app.use(async (c, next) => {
    const origin = c.req.header("origin");
    const foreign = origin !== undefined && origin !== `http://${c.req.header("host")}`;
    if (c.req.method !== "POST" || !foreign) return await next();
    return c.json({ status: 403, error: "Another site may not send requests here from a browser." }, 403);
  });
  const options = { sql, registry, sync, eventKey: o.eventKey, signingKey: o.signingKey, wake, log: o.log };
  app.route("/", apiRoutes(options));
  app.route("/", pageRoutes(options));
  app.notFound((c) =>
    c.json({ status: 404, error: `The embedded Inngest executor has no ${c.req.method} ${c.req.path}.` }, 404),
  );
  app.onError((error, c) => {
    o.log(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    if (isPassing(error))
      return c.json({ ids: [], status: 503, error: "PostgreSQL is out of reach. Try again in a moment." }, 503);
    return c.json({ ids: [], status: 500, error: "The executor failed; its log says why." }, 500);
  });

  const server = await listen(app, o.port);
  const port = (server.address() as AddressInfo).port;
  const forget = setInterval(
    () => void prune(sql).catch((error: unknown) => o.log(`pruning failed: ${String(error)}`)),
    PRUNE_EVERY_MS,
  );
  forget.unref();
  scheduler.wake();
  sync.start();
  o.log(`Inngest executor on http://127.0.0.1:${port}, ${registry.all().length} functions known`);

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(forget);
    sync.close();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await scheduler.close();
    caller.close();
    server.closeAllConnections();
    await closed;
    await sql.end();
  };
  return { url: `http://127.0.0.1:${port}`, port, close: () => (closing ??= close()) };
}

/** Becomes the executor of this database; what the one before had under way is done again. */
async function takeOver(sql: Sql, token: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`insert into owner (token) values (${token}) on conflict (singular) do update set token = excluded.token, since = now()`;
    await tx`update jobs set lease = null, again = false where lease is not null`;
  });
}

function listen(app: Hono, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, () => resolve(server)) as Server;
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is taken, so the Inngest executor cannot start there. Free it or choose another.`, {
              cause: error,
            })
          : error,
      );
    });
  });
}
