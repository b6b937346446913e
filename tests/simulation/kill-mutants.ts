import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { Mutant } from "./mutants.ts";
import { Pool } from "./pool.ts";
import { bundleProduct } from "./product.ts";
import type { Schedule } from "./steps.ts";

/** What became of a planted bug. */
export interface Verdict {
  readonly name: string;
  /** The seed that found it; null: none of them did. */
  readonly seed: number | null;
  readonly tried: number;
  /** What it was found by. */
  readonly by: string | null;
}

/**
 * Plants each bug alone and runs schedules until one breaks.
 * @param root folder in which the application is bundled
 * @param say told of each as soon as it is known
 */
export async function killMutants(
  mutants: readonly Mutant[],
  schedules: readonly Schedule[],
  workers: number,
  root: string,
  say: (verdict: Verdict) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const mutant of mutants) {
    const verdict = await kill(mutant, schedules, workers, root);
    say(verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}

async function kill(mutant: Mutant, schedules: readonly Schedule[], workers: number, root: string): Promise<Verdict> {
  const folder = await mkdtemp(path.join(root, ".engine-simulation-"));
  let pool: Pool | undefined;
  try {
    pool = await Pool.open(workers, await bundleProduct(folder, mutant), mutant.name);
    const running = pool;
    const queue = [...schedules];
    const found: { seed: number; by: string }[] = [];
    let tried = 0;
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next && found.length === 0; next = queue.shift()) {
        tried += 1;
        const { seed, problem } = await running.run(next);
        // A simulation that fails by itself has found nothing.
        if (problem !== null && !problem.startsWith("the simulation itself failed"))
          found.push({ seed, by: problem.split("\n", 1)[0] ?? "" });
      }
    };
    await Promise.all(Array.from({ length: workers }, lane));
    const [first] = found.toSorted((one, other) => one.seed - other.seed);
    return { name: mutant.name, seed: first?.seed ?? null, tried, by: first?.by ?? null };
  } finally {
    await pool?.close();
    await rm(folder, { recursive: true, force: true });
  }
}
