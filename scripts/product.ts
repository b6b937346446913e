import { spawn } from "node:child_process";
import { appendFileSync, closeSync, existsSync, openSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { keep, type Kept, type NativeService, type Patience } from "../devstack/process/keeper.ts";
import type { Devstack } from "../devstack/start.ts";
import { SERVER } from "./build.ts";
import { ROOT } from "./install.mjs";

/** The start cannot go on, for a reason that the person can act on. */
export class StartError extends Error {
  override readonly name = "StartError";
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
/** What dies five times before it has lived ten seconds will do so a sixth time. */
const PATIENCE: Patience = { deaths: 5, withinMs: 10_000 };

/** A process of the product itself, started again when it ends by itself. */
export interface Product {
  readonly name: string;
  readonly kept: Kept<NativeService>;
}

/** Where it runs. */
export interface Place {
  readonly stack: Devstack;
  readonly env: Readonly<Record<string, string>>;
  readonly stateDir: string;
  /** Tells the person at the terminal. */
  say(line: string): void;
}

/**
 * Starts the built application and keeps it running.
 * @throws StartError when it does not answer the first time.
 */
export async function keepApp(place: Place, port: number): Promise<Product> {
  const { stack, env } = place;
  const began = Date.now();
  const canonicalHost = new URL("../server/canonical-host.mjs", import.meta.url);
  canonicalHost.searchParams.set("home", env["APP_URL"] ?? "");
  const socketAddress = new URL("../server/socket-address.mjs", import.meta.url);
  const preloads = [socketAddress, canonicalHost].flatMap((file) => ["--import", file.href]);
  const url = `http://127.0.0.1:${port}`;
  const start = async (_port: number | null, signal: AbortSignal) => {
    const app = launch(place, "app", [...preloads, SERVER], { PORT: String(port), HOSTNAME: "127.0.0.1" }, port);
    try {
      await answering(app, url, logOf(place, "app"), signal);
    } catch (error) {
      await app.close();
      throw error;
    }
    return app;
  };
  const kept = await keep(start, stack.guardian, reporter(place, "app"), PATIENCE);
  stack.adopt("app", env["APP_URL"] ?? url, Date.now() - began, kept);
  return { name: "app", kept };
}

/**
 * Starts the always-on process for self-hosting, and keeps it running; serverless hosts do without.
 * @param metricsPort where it serves its metrics, for whoever scrapes them
 */
export async function keepWorker(place: Place, metricsPort?: number): Promise<Product | null> {
  const entry = path.join(ROOT, "worker", "main.ts");
  if (!existsSync(entry)) return null;
  const words = ["--conditions=react-server", "--import", "tsx", entry];
  const env = metricsPort === undefined ? {} : { WORKER_METRICS_PORT: String(metricsPort) };
  const start = () => Promise.resolve(launch(place, "worker", words, env, 0));
  const kept = await keep(start, place.stack.guardian, reporter(place, "worker"), PATIENCE);
  place.stack.adopt("worker", "-", 0, kept);
  return { name: "worker", kept };
}

const logOf = (place: Place, name: string) => path.join(place.stateDir, "logs", `${name}.log`);

/** What befalls a process is told at the terminal, and stands in its log between its last words and its next. */
export function reporter(place: Place, name: string): (line: string) => void {
  return (line) => {
    place.say(`${name}: ${line}`);
    appendFileSync(logOf(place, name), `${new Date().toISOString()} npm start: ${line}\n`);
  };
}

interface Child extends NativeService {
  readonly pid: number;
  readonly exited: Promise<void>;
}

/** A process of the product's own code, with the environment that it wants. */
const launch = (
  place: Place,
  name: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  port: number,
): Child =>
  begin(
    place,
    name,
    [process.execPath, ...words],
    { ...process.env, ...place.env, ...env, NODE_ENV: "production" },
    port,
  );

/** A program of somebody else's: it gets none of the product's secrets. */
export const launchProgram = (
  place: Place,
  name: string,
  program: string,
  words: readonly string[],
  port: number,
): Child => begin(place, name, [program, ...words], { PATH: process.env["PATH"] ?? "" }, port);

function begin(
  place: Place,
  name: string,
  [program = "", ...words]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  port: number,
): Child {
  const log = openSync(logOf(place, name), "a");
  const child = spawn(program, words, {
    cwd: ROOT,
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", log, log],
    detached: true, // Its own process group: Ctrl-C reaches us alone, and we end things in the right order.
  });
  closeSync(log); // The child has its own by now.
  const { pid } = child;
  if (pid === undefined) throw new StartError(`The ${name} could not be started.`);
  // In the guardian's care before it is ready, so that a kill at this moment leaves nothing behind.
  place.stack.guardian.add(pid);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return { url: `http://127.0.0.1:${port}`, port, pid, exited, close: () => end(pid, exited) };
}

/** Waits for the first good answer. @throws StartError when there is none, or the start is called off. */
async function answering(app: Child, url: string, log: string, signal: AbortSignal): Promise<void> {
  const began = Date.now();
  let hasEnded = false;
  void app.exited.then(() => {
    hasEnded = true;
  });
  while (!(await answers(url))) {
    if (signal.aborted) throw new StartError("Stopped while the application was starting.");
    if (hasEnded) throw new StartError(`The application ended before it answered. Its log: ${log}`);
    if (Date.now() - began > READY_TIMEOUT_MS)
      throw new StartError(`The application did not answer within ${READY_TIMEOUT_MS / 1000} s. Its log: ${log}`);
    await sleep(50);
  }
}

const answers = (url: string) =>
  fetch(url, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(10_000) }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false, // Not listening yet.
  );

async function end(pid: number, exited: Promise<void>): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // ESRCH: it has ended already.
    }
  };
  signal("SIGTERM");
  const late = setTimeout(() => signal("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(late);
}
