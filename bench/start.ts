/**
 * How long the embedded stack takes until every service answers, and how much memory it holds: first
 * start on an empty state folder and second start, and with `--app` the whole of `npm start` (a build
 * that is up to date included). Fails over the budgets of the issue.
 *
 *   npm run bench:start            the stack alone
 *   npm run bench:start -- --app   with the application and the worker
 *
 * Memory is counted over the tree of processes from /proc (Linux): PSS, in which pages that several
 * processes share are counted once, and RSS, in which PostgreSQL's shared buffers are counted many times.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeCluster } from "../devstack/postgres/server.ts";

const ROOT = path.join(import.meta.dirname, "..");
const STACK_BUDGET_MS = 8_000;
const SECOND_START_BUDGET_MS = 15_000;
const MEMORY_BUDGET_KB = 1_200_000;

interface Memory {
  readonly processes: number;
  readonly rssKb: number;
  readonly pssKb: number;
}

/** Parent of each process that there is. */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      found.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended between listing and reading.
    }
  }
  return found;
}

function memoryOf(root: number): Memory {
  const parentOf = parents();
  const belongs = (pid: number): boolean => pid === root || (parentOf.has(pid) && belongs(parentOf.get(pid) ?? 0));
  let rssKb = 0;
  let pssKb = 0;
  const tree = [...parentOf.keys()].filter(belongs);
  for (const pid of tree) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    rssKb += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    pssKb += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return { processes: tree.length, rssKb, pssKb };
}

interface Run {
  readonly readyMs: number;
  readonly memory: Memory;
  readonly services: readonly { name: string; readyMs: number | null }[];
}

/** Starts, waits for `mark` in the output, lets things settle, measures, and stops. */
async function measure(script: string, mark: string, stateDir: string): Promise<Run> {
  const began = performance.now();
  const env = { ...process.env, DEVSTACK_STATE_DIR: stateDir, DEVSTACK_PORTS: "free", PORT: "" };
  const child = spawn(process.execPath, [path.join(ROOT, "scripts", script)], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  while (!output.includes(mark)) {
    if (hasEnded) throw new Error(`${script} ended before it was ready:\n${output}`);
    await sleep(5);
  }
  const readyMs = Math.round(performance.now() - began);
  await sleep(3_000);
  const memory = memoryOf(child.pid ?? 0);
  const status = spawn(process.execPath, [path.join(ROOT, "scripts", "devstack.mjs"), "status", "--json"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let json = "";
  status.stdout.setEncoding("utf8").on("data", (text: string) => (json += text));
  await new Promise((resolve) => status.once("close", resolve));
  child.kill("SIGTERM");
  await ended;
  return { readyMs, memory, services: (JSON.parse(json) as { services: Run["services"] }).services };
}

function report(name: string, run: Run): void {
  const mb = (kb: number) => `${Math.round(kb / 1024)} MB`;
  process.stdout.write(
    `${name}: ready in ${run.readyMs} ms; ${run.memory.processes} processes, ${mb(run.memory.pssKb)} PSS, ${mb(run.memory.rssKb)} RSS\n`,
  );
  process.stdout.write(
    `  ${run.services.map((service) => `${service.name} ${service.readyMs ?? "-"}`).join(", ")} (ms)\n`,
  );
}

const withApp = process.argv.includes("--app");
const folder = mkdtempSync(path.join(tmpdir(), "devmentor-bench-"));
chmodSync(folder, 0o755);
const stateDir = path.join(folder, "state");
const broken: string[] = [];
const check = (what: string, value: number, budget: number) => {
  if (value > budget) broken.push(`${what}: ${value} is over the budget of ${budget}`);
};
try {
  process.stdout.write(
    `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GB\n`,
  );
  const first = await measure("devstack.mjs", "Ctrl-C ends it", stateDir);
  report("stack, first start ", first);
  check("stack, first start, ms", first.readyMs, STACK_BUDGET_MS);
  const second = await measure("devstack.mjs", "Ctrl-C ends it", stateDir);
  report("stack, second start", second);
  check("stack, second start, ms", second.readyMs, STACK_BUDGET_MS);
  if (withApp) {
    report("npm start, with whatever must be built", await measure("start.mjs", "Ctrl-C ends everything", stateDir));
    const whole = await measure("start.mjs", "Ctrl-C ends everything", stateDir);
    report("npm start, again    ", whole);
    check("npm start, again, ms", whole.readyMs, SECOND_START_BUDGET_MS);
    check("whole stack, RSS kB", whole.memory.rssKb, MEMORY_BUDGET_KB);
  }
} finally {
  await removeCluster(path.join(stateDir, "postgres"));
  rmSync(folder, { recursive: true, force: true });
}
for (const line of broken) process.stderr.write(`${line}\n`);
process.exit(broken.length > 0 ? 1 : 0);
