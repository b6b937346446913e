import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "./explain.ts";
import { Pool } from "./pool.ts";
import { bundleProduct } from "./product.ts";
import type { Result } from "./run-schedule.ts";
import { schedule } from "./schedule.ts";
import { summarise } from "./summary.ts";

/** The same in each run of CI. */
const FIXED = Array.from({ length: 12 }, (_, index) => index + 1);
/** How long seeds by chance are begun, in seconds. */
const SECONDS = Number(process.env["SIMULATION_SECONDS"] ?? "60");
/** Most of a seed is waiting: for retries, for restarts. */
const WORKERS = 2 * availableParallelism();
/** Runs that a shorter schedule may cost. Who wants the shortest one asks `npm run simulate` for it. */
const SHRINKING = 40;

let folder: string;
let pool: Pool;
const results: Result[] = [];
const began = performance.now();

beforeAll(async () => {
  folder = await mkdtemp(path.join(import.meta.dirname, "../../.engine-simulation-"));
  pool = await Pool.open(WORKERS, await bundleProduct(folder));
});
afterAll(async () => {
  await pool?.close();
  await rm(folder, { recursive: true, force: true });
  say(summarise(results, performance.now() - began));
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a seed. @returns what broke, the seed first, with the shortest schedule that breaks the same; null when it ran clean */
async function failureOf(seed: number): Promise<string | null> {
  const steps = schedule(seed);
  const result = await pool.run(steps);
  results.push(result);
  if (result.problem === null) return null;
  return `SEED ${seed}: ${result.problem}\n${await explain(pool, steps, result, { say, budget: SHRINKING, to: null })}`;
}

describe("the fixed seeds", () => {
  it.concurrent.each(FIXED)("seed %i", async (seed) => {
    expect(await failureOf(seed)).toBeNull();
  });
});

it("seeds by chance", async ({ task }) => {
  const until = performance.now() + SECONDS * 1_000;
  const failures: string[] = [];
  const lane = async (): Promise<void> => {
    do {
      const failure = await failureOf(randomInt(1_000, 2_000_000_000));
      if (failure !== null) failures.push(failure);
    } while (performance.now() < until && failures.length === 0);
  };
  await Promise.all(Array.from({ length: WORKERS }, lane));
  const operations = results.reduce((sum, each) => sum + each.operations, 0);
  task.meta.notes = [`simulation: ${results.length} seeds, ${operations} operations`];
  expect(failures).toEqual([]);
  expect(results.length).toBeGreaterThanOrEqual(FIXED.length + WORKERS);
});

declare module "vitest" {
  interface TaskMeta {
    /** Lines that the runner prints beside its counts. */
    notes?: readonly string[];
  }
}
