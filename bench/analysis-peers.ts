import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../scripts/install.mjs";

const PEER = path.join(ROOT, "bench", "analysis-peer.mjs");
const PEERS: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
  ["linguist-js", process.execPath, [PEER, "linguist-js"]],
  ["cloc", "cloc", ["--quiet", "--csv", "."]],
  ["secretlint", process.execPath, [PEER, "secretlint"]],
  ["eslint-plugin-security", process.execPath, [PEER, "eslint-plugin-security"]],
];
const PATIENCE_MS = 60_000;
const LOOK_MS = 20;

/** What another tool took, or why that is not known. */
export interface PeerRun {
  readonly tool: string;
  readonly seconds: number | string;
  readonly megabytes: number | string;
}

/** Runs each other tool over a working copy, one after another. */
export async function* runPeers(folder: string): AsyncGenerator<PeerRun> {
  for (const [tool, program, args] of PEERS) yield { tool, ...(await run(program, args, folder)) };
}

async function run(program: string, args: readonly string[], cwd: string): Promise<Omit<PeerRun, "tool">> {
  const began = performance.now();
  const child = spawn(program, args, { cwd, stdio: ["ignore", "ignore", "ignore"] });
  let peak = 0;
  let patient = true;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
    patient = performance.now() - began < PATIENCE_MS;
    if (!patient) child.kill("SIGKILL");
  }, LOOK_MS);
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", (ended) => resolve(ended));
  });
  clearInterval(timer);
  const megabytes = Math.round(peak / 1024);
  if (!patient) return { seconds: `more than ${PATIENCE_MS / 1000}`, megabytes };
  if (code === null) return { seconds: "not installed here", megabytes: "" };
  // Linters end with 1 when they find something.
  if (code > 1) return { seconds: `fails with ${code}`, megabytes };
  return { seconds: Math.round((performance.now() - began) / 10) / 100, megabytes };
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
  } catch {
    // It has ended between two looks, or this is no Linux.
    return 0;
  }
}
