import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { MUTANTS } from "./mutants.ts";
import type { Mutant } from "./planted/mutant.ts";
import { Pool } from "./pool.ts";
import { bundleProduct } from "./product.ts";
import type { Schedule } from "./steps.ts";

/**
 * Which seed finds each planted bug, and what it breaks; null for one that none of those that were tried has found yet. Kept in the
 * repository, and written anew by `npm run simulate -- --mutant`.
 */
export const TABLE = path.join(import.meta.dirname, "simulation-mutants.json");

const tableSchema = z.array(z.strictObject({ name: z.string(), seed: z.number().int().nullable(), by: z.string() }));

/** @throws Error when the table is not what it must be */
export async function readTable(): Promise<z.output<typeof tableSchema>> {
  return tableSchema.parse(JSON.parse(await readFile(TABLE, "utf8")));
}

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
 * Plants each bug alone and runs schedules, in their order, until one breaks: so many bugs at once as there are workers, each with one
 * of them. What is found goes into the table at once.
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
  const queue = [...mutants];
  const lane = async (): Promise<void> => {
    // One folder, so that what is compiled of it once is so for the next bug too.
    const folder = await mkdtemp(path.join(root, ".engine-simulation-"));
    let pool: Pool | undefined;
    try {
      pool = await Pool.open(1, await bundleProduct(folder));
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        pool.use(await bundleProduct(folder, mutant), mutant.name);
        const verdict = await kill(mutant, schedules, pool);
        say(verdict);
        verdicts.push(verdict);
        keep(verdict);
      }
    } finally {
      await pool?.close();
      await rm(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, mutants.length) }, lane));
  return verdicts;
}

/** Writes a verdict into the table, in the order of the bugs. */
function keep({ name, seed, tried, by }: Verdict): void {
  const others = tableSchema.parse(JSON.parse(readFileSync(TABLE, "utf8"))).filter((row) => row.name !== name);
  const rows = [...others, { name, seed, by: by ?? `not by ${tried} seeds` }];
  const ordered = MUTANTS.flatMap((mutant) => rows.filter((row) => row.name === mutant.name));
  // Without a pause between reading and writing: another lane keeps its own.
  writeFileSync(TABLE, `${JSON.stringify(ordered, null, 2)}\n`);
}

async function kill({ name }: Mutant, schedules: readonly Schedule[], pool: Pool): Promise<Verdict> {
  let tried = 0;
  for (const next of schedules) {
    tried += 1;
    const { seed, problem } = await pool.run(next);
    // A simulation that fails by itself has found nothing.
    if (problem !== null && !problem.startsWith("the simulation itself failed"))
      return { name, seed, tried, by: problem.split("\n", 1)[0] ?? "" };
  }
  return { name, seed: null, tried, by: null };
}
