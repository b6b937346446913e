import { screen, type ServiceStatus } from "./board.ts";
import { AlreadyRunningError, findPeer } from "./control.ts";
import { waitUntilGone } from "./process/alive.ts";
import { onStopSignals } from "./process/stop-signals.ts";
import { startDevstack } from "./start.ts";
import { removeState, STATE_DIR, StateVersionError } from "./state.ts";

const USAGE = `npm run devstack                      start the embedded stack and keep it in the foreground
npm run devstack -- status [--json]   what runs, where, since how long
npm run devstack -- stop              end the running stack
npm run devstack -- reset             wipe its state (database, repositories, secrets)

DEVSTACK_STATE_DIR   another state folder; DEVSTACK_PORTS=free takes any ports`;

const stateDir = process.env["DEVSTACK_STATE_DIR"] ?? STATE_DIR;
const print = (text: string) => process.stdout.write(`${text}\n`);
const complain = (text: string) => process.stderr.write(`${text}\n`);

interface Status {
  readonly services: readonly ServiceStatus[];
  readonly env: Readonly<Record<string, string>>;
}

async function start(): Promise<number> {
  const began = Date.now();
  const signals = onStopSignals();
  const stack = await startDevstack({
    stateDir,
    ports: process.env["DEVSTACK_PORTS"] === "free" ? "free" : "preferred",
    onStopAsked: signals.now,
  });
  print(`${screen(stack.services)}\n\nready in ${Date.now() - began} ms; logs in ${stateDir}/logs; Ctrl-C ends it`);
  await signals.asked;
  print("stopping …");
  await stack.close();
  print("stopped");
  return 0;
}

async function status(json: boolean): Promise<number> {
  const peer = await findPeer(stateDir);
  if (!peer) {
    if (json) print(JSON.stringify({ services: [], env: {} }));
    else complain("The embedded stack is not running. `npm run devstack` or `npm start` starts it.");
    return 1;
  }
  const now = (await peer.status()) as Status;
  print(
    json
      ? JSON.stringify(now, null, 2)
      : `${screen(now.services)}\n\nsupervisor: pid ${peer.pid}, since ${peer.startedAt}`,
  );
  return 0;
}

async function stop(): Promise<number> {
  const peer = await findPeer(stateDir);
  if (!peer) {
    print("The embedded stack is not running.");
    return 0;
  }
  await peer.stop();
  await waitUntilGone(peer.pid, 30_000);
  print(`stopped (pid ${peer.pid})`);
  return 0;
}

async function reset(): Promise<number> {
  const peer = await findPeer(stateDir);
  if (peer) {
    complain(`The embedded stack is running (pid ${peer.pid}). End it first: \`npm run devstack -- stop\`.`);
    return 1;
  }
  await removeState(stateDir);
  print(`wiped ${stateDir}; the next start makes it anew`);
  return 0;
}

/** Runs one command of `npm run devstack`. @returns the exit code. */
export async function runCommand(words: readonly string[]): Promise<number> {
  try {
    return await dispatch(words);
  } catch (error) {
    const isExpected = error instanceof AlreadyRunningError || error instanceof StateVersionError;
    complain(
      isExpected || !(error instanceof Error)
        ? String(error instanceof Error ? error.message : error)
        : (error.stack ?? error.message),
    );
    return 1;
  }
}

async function dispatch(words: readonly string[]): Promise<number> {
  const [command = "start", ...rest] = words;
  if (command === "start") return start();
  if (command === "status") return status(rest.includes("--json"));
  if (command === "stop") return stop();
  if (command === "reset") return reset();
  complain(`\`${command}\` is not a command.\n\n${USAGE}`);
  return 2;
}
