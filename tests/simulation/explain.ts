import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Pool } from "./pool.ts";
import type { Result } from "./run-schedule.ts";
import { shrink } from "./shrink.ts";
import type { Schedule } from "./steps.ts";

/** What is done about a seed that failed. */
export interface Explaining {
  /** Told of each finding as soon as there is one. */
  readonly say: (line: string) => void;
  /** Runs that a shorter schedule may cost; 0 leaves it as it is. */
  readonly budget: number;
  /** Folder in which the schedule that is left is written; null: it is only told. */
  readonly to: string | null;
}

/**
 * Says the seed of a failure before all else, then what broke, and the shortest schedule that breaks the same.
 * @returns the last of it
 */
export async function explain(
  pool: Pool,
  failing: Schedule,
  { seed, problem, at }: Result,
  { say, budget, to }: Explaining,
): Promise<string> {
  say(`SEED ${seed} FAILED at step ${at ?? "?"} of ${failing.steps.length}: ${problem}`);
  const short =
    budget > 0
      ? await shrink(failing, problem ?? "", async (each) => (await pool.run(each)).problem, budget)
      : { schedule: failing, problem, runs: 0, minimal: false };
  if (short.runs > 0 && short.schedule.steps.length === failing.steps.length)
    say(`No part of it broke the same way in ${short.runs} runs: it hangs on what happens at once.`);
  const file = `simulation-${seed}.json`;
  if (to !== null) await writeFile(path.join(to, file), `${JSON.stringify(short.schedule, null, 1)}\n`);
  const told = [
    `SEED ${seed}: ${short.schedule.steps.length} of ${failing.steps.length} steps are left after ${short.runs} runs${short.minimal ? "" : " (there may be fewer)"}`,
    ...short.schedule.steps.map((step) => `  ${JSON.stringify(step)}`),
    `again: npm run simulate -- ${to === null ? `--seed ${seed}` : `--schedule ${file}`}`,
  ].join("\n");
  say(told);
  return told;
}
