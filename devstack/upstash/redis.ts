import {
  spawn,
  type ChildProcess,
  type SpawnOptionsWithStdioTuple,
  type StdioNull,
  type StdioPipe,
} from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../ports.ts";
import type { Log, RunningService } from "../service.ts";

export type RedisKind = "redis-server" | "valkey-server" | "js-redis-server";

export interface RunningRedis extends RunningService {
  /** Process id of the native server; null when Redis runs inside this process. */
  readonly pid: number | null;
  readonly kind: RedisKind;
}

const READY_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 5_000;

/**
 * Starts Redis on 127.0.0.1: `redis-server` or `valkey-server` from the PATH, else js-redis-server in
 * this process, which keeps nothing between runs (its log line says so).
 *
 * The native server dies with its parent where `setpriv` exists (Linux); elsewhere a pid file lets the
 * next start end what a killed parent has left behind.
 *
 * @param o.port 0 takes a free one
 * @param o.dataDir where the append-only file lives; created when missing
 * @param o.use overrides the choice of server
 * @throws Error when the port is taken or the server does not answer within 10 s
 */
export async function startRedis(o: {
  port: number;
  dataDir: string;
  log: Log;
  use?: RedisKind;
}): Promise<RunningRedis> {
  const native = (["redis-server", "valkey-server"] as const)
    .filter((kind) => o.use === undefined || o.use === kind)
    .map((kind) => ({ kind, binary: findOnPath(kind) }))
    .find((candidate) => candidate.binary !== undefined);
  if (native?.binary) return startNative(native.kind, native.binary, o);
  if (o.use && o.use !== "js-redis-server")
    throw new Error(`${o.use} is not on the PATH. Install it, or leave the choice to the stack.`);
  return startInProcess(o);
}

async function startNative(
  kind: RedisKind,
  binary: string,
  o: { port: number; dataDir: string; log: Log },
): Promise<RunningRedis> {
  mkdirSync(o.dataDir, { recursive: true });
  const dataDir = realpathSync(o.dataDir);
  const pidFile = join(dataDir, "redis.pid");
  await endLeftover(pidFile, dataDir, o.log);
  const port = await claimPort(o.port);
  const args = [
    "--bind",
    "127.0.0.1",
    "--port",
    String(port),
    "--protected-mode",
    "yes",
    "--dir",
    dataDir,
    "--appendonly",
    "yes",
    "--appendfsync",
    "everysec",
    "--save",
    "",
    "--daemonize",
    "no",
    "--databases",
    "1",
  ];
  const setpriv = process.platform === "linux" ? findOnPath("setpriv") : undefined;
  // A process group of its own: a Ctrl-C in the terminal must reach the supervisor alone, which stops Redis last.
  const own: SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioPipe> = {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  };
  // setpriv replaces itself with Redis (same pid) after asking the kernel to end it with its parent.
  const child = setpriv
    ? spawn(setpriv, ["--pdeathsig", "TERM", "--", binary, ...args], own)
    : spawn(binary, args, own);
  const lastLines = pipeLines(child, o.log);
  try {
    await waitUntilReady(child, port, lastLines, kind);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  const pid = child.pid ?? null;
  if (pid !== null) writeFileSync(pidFile, `${pid}\n`);
  o.log(`${kind} answers on 127.0.0.1:${port} (pid ${pid}), data in ${dataDir}`);
  let closing: Promise<void> | undefined;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid,
    kind,
    close: () => (closing ??= stopChild(child).then(() => rmSync(pidFile, { force: true }))),
  };
}

async function startInProcess(o: { port: number; log: Log }): Promise<RunningRedis> {
  const core = await import("js-redis-server/core");
  const compatibility = core.resolveCompatibilityProfile();
  const state = new core.RedisServerState({ databaseCount: 1, compatibility });
  const redis = new core.Resp2Server({ server: state, executor: core.createRedisCommandExecutor({ compatibility }) });
  const sockets = new Set<Socket>();
  redis.server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Its own listen() would open the port, which asks for no password, on every network interface.
  await listenLocally(redis.server, o.port);
  const port = redis.getPort();
  o.log(
    `js-redis-server answers on 127.0.0.1:${port}; it keeps its data in memory only. Install redis-server to keep it between runs.`,
  );
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    const closed = redis.close();
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: null,
    kind: "js-redis-server",
    close: () => (closing ??= close()),
  };
}

function findOnPath(name: string): string | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Redis reads port 0 as "no TCP", so a free one is found first; a wanted one is bound for a moment, to tell who asked. */
async function claimPort(wanted: number): Promise<number> {
  if (wanted === 0) return freePort();
  const probe = createServer();
  await listenLocally(probe, wanted);
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return port;
}

async function listenLocally(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        taken
          ? new Error(`Port ${port} is taken, so Redis cannot start there. Stop what uses it, or give another port.`)
          : error,
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** Ends a server that an earlier, killed stack left on this very data folder; two would corrupt it. */
async function endLeftover(pidFile: string, dataDir: string, log: Log): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").trim());
  if (Number.isInteger(pid) && pid > 1 && worksIn(pid, dataDir)) {
    log(`ending a Redis (pid ${pid}) that an earlier run left on ${dataDir}`);
    process.kill(pid, "SIGTERM");
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (worksIn(pid, dataDir) && Date.now() < deadline) await sleep(50);
    if (worksIn(pid, dataDir)) process.kill(pid, "SIGKILL");
  }
  rmSync(pidFile, { force: true });
}

/** Redis changes into its data folder, which tells it from a stranger that got the same pid since. */
function worksIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false;
  }
}

function pipeLines(child: ChildProcess, log: Log): string[] {
  const last: string[] = [];
  const take = (chunk: Buffer): void => {
    for (const line of chunk
      .toString("utf8")
      .split("\n")
      .filter((text) => text.trim() !== "")) {
      log(line);
      last.push(line);
      if (last.length > 5) last.shift();
    }
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  return last;
}

async function waitUntilReady(
  child: ChildProcess,
  port: number,
  lastLines: readonly string[],
  kind: string,
): Promise<void> {
  let failure: string | undefined;
  child.once("error", (error) => (failure = error.message));
  child.once("exit", (code, signal) => (failure = `it ended with ${signal ?? `code ${code}`}`));
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (failure) throw new Error(`${kind} did not start: ${failure}. Its last words: ${lastLines.join(" | ")}`);
    if (await answersPing(port)) return;
    await sleep(20);
  }
  throw new Error(
    `${kind} did not answer on port ${port} within ${READY_TIMEOUT_MS / 1000} s. Its last words: ${lastLines.join(" | ")}`,
  );
}

/** While the append-only file is being read Redis answers -LOADING, which is not ready yet. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" }, () => socket.write("PING\r\n"));
    const done = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(500, () => done(false));
    socket.once("data", (data) => done(data.toString("utf8").startsWith("+PONG")));
    socket.once("error", () => done(false));
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(timer);
}
