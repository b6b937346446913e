import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Pool } from "./pool.ts";
import { bundleProduct } from "./product.ts";
import type { Result } from "./run-schedule.ts";
import { schedule } from "./schedule.ts";

/** The same in each run of CI. */
const FIXED = Array.from({ length: 24 }, (_, index) => index + 1);
/** How long seeds by chance are begun, in minutes. */
const MINUTES = Number(process.env["SIMULATION_MINUTES"] ?? "3");
/** Most of a seed is waiting: for retries, for restarts. */
const WORKERS = 2 * availableParallelism();

let folder: string;
let pool: Pool;
beforeAll(async () => {
  folder = await mkdtemp(path.join(import.meta.dirname, "../../.engine-simulation-"));
  pool = await Pool.open(WORKERS, await bundleProduct(folder));
});
afterAll(async () => {
  await pool?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The seed stands first: `npm run simulate -- --seed N` does the same again and makes it short. */
function expectClean({ seed, problem }: Result): void {
  if (problem !== null) throw new Error(`SEED ${seed}: ${problem}`);
}

describe("the fixed seeds", () => {
  it.concurrent.each(FIXED)("seed %i", async (seed) => expectClean(await pool.run(schedule(seed))));
});

it("seeds by chance", async () => {
  const until = performance.now() + MINUTES * 60_000;
  const results: Result[] = [];
  const lane = async (): Promise<void> => {
    do results.push(await pool.run(schedule(randomInt(1_000, 2_000_000_000))));
    while (performance.now() < until && results.every(({ problem }) => problem === null));
  };
  await Promise.all(Array.from({ length: WORKERS }, lane));
  expect(results.length).toBeGreaterThanOrEqual(WORKERS);
  for (const result of results) expectClean(result);
});
