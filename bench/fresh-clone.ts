/**
 * What a newcomer waits for: a fresh clone of HEAD, `npm start` to a page that answers, and the same again.
 * The first run installs the packages (with whatever npm has in its cache), builds and seeds. Fails over
 * the budgets: 150 s, then 15 s.
 *
 *   npx tsx bench/fresh-clone.ts
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const FIRST_BUDGET_S = 150;
const SECOND_BUDGET_S = 15;
const GIVE_UP_S = 600;

/** A port of this machine that is free at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** Seconds from the command to the first page that answers 200, and the running command. */
async function start(folder: string, port: number): Promise<{ seconds: number; command: ChildProcess }> {
  const began = performance.now();
  // The shell that calls this may be inside an npm script; the newcomer's is not.
  const env: NodeJS.ProcessEnv = { ...process.env, PORT: String(port), DEVSTACK_PORTS: "free" };
  for (const name of Object.keys(env)) if (name.startsWith("npm_")) delete env[name];
  const command = spawn("npm", ["start"], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  while ((performance.now() - began) / 1000 < GIVE_UP_S) {
    if (command.exitCode !== null) throw new Error(`npm start ended with ${command.exitCode}`);
    const answered = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.ok,
      () => false, // Not listening yet.
    );
    if (answered) return { seconds: (performance.now() - began) / 1000, command };
    await sleep(100);
  }
  throw new Error(`no page answered within ${GIVE_UP_S} s`);
}

async function stop(command: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => command.once("exit", resolve));
  if (command.pid !== undefined) process.kill(-command.pid, "SIGINT");
  await ended;
}

const folder = mkdtempSync(path.join(tmpdir(), "devmentor-fresh-"));
chmodSync(folder, 0o755);
try {
  execFileSync("git", ["clone", "--quiet", path.join(import.meta.dirname, ".."), folder]);
  const port = await freePort();
  const results: [name: string, seconds: number, budget: number][] = [];
  for (const [name, budget] of [
    ["first start, from the clone", FIRST_BUDGET_S],
    ["second start", SECOND_BUDGET_S],
  ] as const) {
    const { seconds, command } = await start(folder, port);
    results.push([name, seconds, budget]);
    await stop(command);
  }
  for (const [name, seconds, budget] of results)
    console.log(`${name.padEnd(30)} ${seconds.toFixed(1).padStart(6)} s   (at most ${budget} s)`);
  if (results.some(([, seconds, budget]) => seconds > budget)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
