import { timingSafeEqual, createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Redis, ReplyError } from "ioredis";
import { isLoopbackHost } from "../host-check.ts";
import type { Log, RunningService } from "../service.ts";
import { CommandRefused, readCommand, readCommands, readPathCommand } from "./commands.ts";
import { encodeReply } from "./encoding.ts";
import { ScriptNames } from "./scripts.ts";
import { streamSubscription } from "./subscriptions.ts";

/** Upstash's own limit for one request. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** A command that takes longer is answered with an error; Upstash's clients would hang otherwise. */
const COMMAND_TIMEOUT_MS = 5_000;

/**
 * Serves Upstash's REST interface over a Redis server on 127.0.0.1. A Redis that goes away is answered
 * with 503 at once, and used again as soon as it is back.
 *
 * @param o.port 0 takes a free one
 * @param o.token the bearer token that every path asks for
 * @throws Error when the port is taken
 */
export async function startUpstash(o: {
  port: number;
  redisUrl: string;
  token: string;
  log: Log;
}): Promise<RunningService> {
  const redis = connect(o.redisUrl, o.log);
  await firstConnection(redis, o.log);
  const app = upstashApp(redis, o.token, o.log);
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      redis.disconnect();
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new Error(`Port ${o.port} is taken, so the Upstash REST service cannot start there.`) : error);
    });
    server.listen(o.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      (closing ??= new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
        redis.disconnect();
      })),
  };
}

function connect(redisUrl: string, log: Log): Redis {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    // Without a connection a command fails at once instead of waiting in a queue.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // A command that was under way when the connection broke may have run: never send it twice.
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
  });
  let reported = "";
  redis.on("error", (error: Error) => {
    if (error.message !== reported) log(`Redis: ${error.message}`);
    reported = error.message;
  });
  redis.on("ready", () => {
    if (reported !== "") log("Redis: connected again");
    reported = "";
  });
  return redis;
}

/** Redis may be late: the service starts all the same and answers 503 until then. */
async function firstConnection(redis: Redis, log: Log): Promise<void> {
  try {
    await redis.connect();
  } catch (error) {
    log(`Redis does not answer yet (${error instanceof Error ? error.message : String(error)}); trying on`);
  }
}

function upstashApp(redis: Redis, token: string, log: Log): Hono {
  const scripts = new ScriptNames();
  const app = new Hono();

  app.use(async (c, next) => {
    if (!isLoopbackHost(c.req.header("host")))
      return c.json({ error: "ERR this service answers only to 127.0.0.1 and localhost" }, 403);
    if (!mayEnter(c, token)) {
      return c.json(
        {
          error:
            "WRONGPASS invalid or missing auth token. See https://upstash.com/docs/redis/troubleshooting/http_unauthorized for details",
        },
        401,
      );
    }
    await next();
    c.header("upstash-sync-token", nextSyncToken());
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => c.json({ error: `ERR max request size exceeded. Limit: ${MAX_BODY_BYTES} bytes` }, 413),
    }),
  );
  app.onError((error, c) => failure(c, error, log));

  app.post("/", async (c) => {
    const command = readCommand(await readJson(c));
    return c.json({ result: encodeReply(await run(redis, scripts, command), encodingOf(c)) });
  });
  app.post("/pipeline", async (c) =>
    c.json(await pipeline(redis, scripts, readCommands(await readJson(c)), encodingOf(c))),
  );
  app.post("/multi-exec", async (c) =>
    c.json(await transaction(redis, scripts, readCommands(await readJson(c)), encodingOf(c))),
  );
  app.on(["GET", "POST"], ["/subscribe/:channel", "/psubscribe/:channel"], (c) => {
    const kind = c.req.path.startsWith("/psubscribe/") ? "psubscribe" : "subscribe";
    return streamSubscription(c, redis, kind, c.req.param("channel"));
  });
  app.on(["GET", "POST", "PUT", "HEAD"], "/*", async (c) => {
    const url = new URL(c.req.url);
    if (url.pathname === "/") throw new CommandRefused("ERR empty command");
    const body = c.req.method === "POST" || c.req.method === "PUT" ? await c.req.text() : "";
    const command = readPathCommand(url.pathname, url.searchParams, body);
    return c.json({ result: encodeReply(await run(redis, scripts, command), encodingOf(c)) });
  });
  app.all("*", (c) => c.json({ error: `ERR method ${c.req.method} is not allowed` }, 405));
  return app;
}

function mayEnter(c: Context, token: string): boolean {
  const header = c.req.header("authorization");
  const given = header ? /^Bearer +(\S+)$/i.exec(header)?.[1] : c.req.query("_token");
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

/** Equal lengths whatever was sent, which timingSafeEqual asks for. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

let syncCounter = 0;

/** One node is always in step with itself, so the token only has to be present and to grow. */
function nextSyncToken(): string {
  syncCounter += 1;
  return Buffer.from(`devstack:${syncCounter}`).toString("base64");
}

type Encoding = "base64" | "utf8";

function encodingOf(c: Context): Encoding {
  return c.req.header("upstash-encoding")?.toLowerCase() === "base64" ? "base64" : "utf8";
}

async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CommandRefused("ERR failed to parse command: the body is not JSON");
  }
}

async function run(redis: Redis, scripts: ScriptNames, command: readonly string[]): Promise<unknown> {
  return scripts.answer(command, await redis.callBuffer(...forRedis(scripts, command)));
}

/** In capitals, because ioredis turns the reply to a small `hgetall` into an object. */
function forRedis(scripts: ScriptNames, command: readonly string[]): [name: string, args: string[]] {
  const [name = "", ...args] = scripts.translate(command);
  return [name.toUpperCase(), args];
}

type Answer = { result: unknown } | { error: string };

async function pipeline(
  redis: Redis,
  scripts: ScriptNames,
  commands: (string[] | CommandRefused)[],
  encoding: Encoding,
): Promise<Answer[]> {
  const batch = redis.pipeline();
  const accepted = commands.filter((command): command is string[] => !(command instanceof CommandRefused));
  for (const command of accepted) batch.callBuffer(...forRedis(scripts, command));
  const replies = accepted.length > 0 ? ((await batch.exec()) ?? []) : [];
  // A lost connection fails the batch as a whole; an answer of Redis's fails its one command.
  const broken = replies.find(([error]) => error && !isRedisAnswer(error))?.[0];
  if (broken) throw broken;
  let next = 0;
  return commands.map((command) => {
    if (command instanceof CommandRefused) return { error: command.message };
    const [error, reply] = replies[next++] ?? [new Error("no reply"), undefined];
    return error ? { error: error.message } : { result: encodeReply(scripts.answer(command, reply), encoding) };
  });
}

async function transaction(
  redis: Redis,
  scripts: ScriptNames,
  commands: (string[] | CommandRefused)[],
  encoding: Encoding,
): Promise<Answer[]> {
  const refused = commands.find((command) => command instanceof CommandRefused);
  if (refused) throw refused;
  const accepted = commands as string[][];
  // One write on the shared connection: nothing of another request can stand between MULTI and EXEC.
  const batch = redis.pipeline();
  batch.callBuffer("multi");
  for (const command of accepted) batch.callBuffer(...forRedis(scripts, command));
  batch.callBuffer("exec");
  const replies = (await batch.exec()) ?? [];
  const [execError, results] = replies.at(-1) ?? [new Error("no reply"), undefined];
  if (execError) {
    const cause = replies.slice(1, -1).find(([error]) => error)?.[0];
    throw cause && isRedisAnswer(cause)
      ? new ReplyError(`EXECABORT Transaction discarded because of: ${cause.message}`)
      : execError;
  }
  return (results as unknown[]).map((reply, index) =>
    reply instanceof Error
      ? { error: reply.message }
      : { result: encodeReply(scripts.answer(accepted[index] ?? [], reply), encoding) },
  );
}

function isRedisAnswer(error: Error): boolean {
  return error instanceof ReplyError || error.name === "ReplyError";
}

function failure(c: Context, error: Error, log: Log): Response {
  let status: ContentfulStatusCode = 503;
  let message = `ERR Redis is out of reach behind this service (${error.message}). Nothing is known of the command's effect; try again`;
  if (error instanceof CommandRefused || isRedisAnswer(error)) {
    status = 400;
    message = error.message;
  } else {
    log(`${c.req.method} ${c.req.path.split("/", 2).join("/")} answered 503: ${error.message}`);
  }
  c.header("upstash-sync-token", nextSyncToken());
  return c.json({ error: message }, status);
}
