import "server-only";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { log } from "@/lib/platform/telemetry/log";
import { MAX_WAITING, RUNNERS } from "./limits";
import { RunnerFailed, RunnerProcess } from "./process";
import { runRequestSchema, type RunRequest, type RunResult } from "./schemas";

/** Processes by folder, shared by all module graphs of this process (Next has several). */
interface Pool {
  readonly processes: (RunnerProcess | null)[];
  readonly idle: number[];
  readonly waiting: ((place: number) => void)[];
}

const shared = globalThis as typeof globalThis & { __devmentorRunners?: Map<string, Pool> };
shared.__devmentorRunners ??= new Map();
const pools = shared.__devmentorRunners;

/** The folder with the bundled runner, as `scripts/engine.ts` writes it beside the server. */
function runnerFolder(): string {
  return path.join(/*turbopackIgnore: true*/ process.cwd(), ".engine");
}

function poolOf(folder: string): Pool {
  const known = pools.get(folder);
  if (known) return known;
  const places = Array.from({ length: RUNNERS }, (_, place) => place);
  const pool: Pool = { processes: places.map(() => null), idle: places, waiting: [] };
  pools.set(folder, pool);
  return pool;
}

/**
 * Runs JavaScript or TypeScript that is not ours, in QuickJS, in a worker that is used once, in a process of its own:
 * without files, network or packages, within limits. How it ended is a result, never an error.
 * @throws AppError `service_unavailable` when too many wait or the process cannot be started
 */
export async function runCode(request: RunRequest, folder = runnerFolder()): Promise<RunResult> {
  const checked = runRequestSchema.parse(request);
  const pool = poolOf(folder);
  const place = await takePlace(pool);
  try {
    const known = pool.processes[place];
    const runner = known?.usable ? known : new RunnerProcess(folder);
    if (known && known !== runner) known.end();
    pool.processes[place] = runner;
    const result = await runner.run(checked);
    if (result.status === "crashed") log.warn({ ms: result.ms }, "a process that runs code fell over");
    return result;
  } catch (error) {
    if (!(error instanceof RunnerFailed)) throw error;
    throw new AppError(
      "service_unavailable",
      "Code cannot be run at the moment. Nothing was counted; try again soon.",
      {
        cause: error,
        retryAfterSeconds: 5,
      },
    );
  } finally {
    const next = pool.waiting.shift();
    if (next) next(place);
    else pool.idle.push(place);
  }
}

async function takePlace(pool: Pool): Promise<number> {
  const idle = pool.idle.shift();
  if (idle !== undefined) return idle;
  if (pool.waiting.length >= MAX_WAITING)
    throw new AppError(
      "service_unavailable",
      "Too many people run code right now. Nothing was counted; try again soon.",
      {
        retryAfterSeconds: 5,
      },
    );
  return new Promise((resolve) => pool.waiting.push(resolve));
}
