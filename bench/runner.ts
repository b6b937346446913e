/**
 * How long a run of a learner's code takes, with 1 and with 4 at once: TypeScript with five tests, as an answer is graded.
 * Run: `node --conditions=react-server --import tsx bench/runner.ts`; fails when the 95th percentile with 4 at once passes 400 ms.
 */
import path from "node:path";
import { runCode } from "../lib/learning/runner/run-code.ts";
import type { RunRequest } from "../lib/learning/runner/schemas.ts";
import { buildRunner } from "../scripts/engine.ts";
import { ROOT } from "../scripts/install.mjs";

const BUDGET_MS = 400;
const folder = path.join(ROOT, ".engine");

const REQUEST: RunRequest = {
  files: [
    {
      name: "solution.ts",
      text: `export async function mapLimit<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}`,
    },
    {
      name: "tests.ts",
      text: `import test from "node:test";
import assert from "node:assert/strict";
import { mapLimit } from "./solution.ts";
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
for (const limit of [1, 2, 3, 4, 5])
  test("at most " + limit, async () => {
    const got = await mapLimit([3, 1, 2], limit, async (n) => { await wait(n); return n * 2; });
    assert.deepEqual(got, [6, 2, 4]);
  });`,
    },
  ],
  entry: "solution.ts",
  tests: "tests.ts",
  constructsOf: "solution.ts",
};

async function measure(atOnce: number, runs: number): Promise<number> {
  const took: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let run = 0; run < runs / atOnce; run += 1) {
        const start = performance.now();
        const { tests } = await runCode(REQUEST, folder);
        if (tests.length !== 5 || tests.some(({ passed }) => !passed)) throw new Error(JSON.stringify(tests));
        took.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  took.sort((one, other) => one - other);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  console.log(
    `${atOnce} at once: p50 ${at(0.5).toFixed(0)} ms, p95 ${at(0.95).toFixed(0)} ms, max ${at(1).toFixed(0)} ms, ${(took.length / seconds).toFixed(1)} runs/s`,
  );
  return at(0.95);
}

await buildRunner(folder);
await measure(1, 8);
await measure(1, 40);
const p95 = await measure(4, 120);
if (p95 > BUDGET_MS) {
  console.error(`95 % of the runs should end within ${BUDGET_MS} ms with 4 at once`);
  process.exitCode = 1;
}
