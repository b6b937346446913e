import { randomInt } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { explain } from "./explain.ts";
import { killMutants, readTable } from "./kill-mutants.ts";
import { MUTANTS, mutantNamed } from "./mutants.ts";
import { Pool } from "./pool.ts";
import { bundleProduct } from "./product.ts";
import type { Result } from "./run-schedule.ts";
import { schedule } from "./schedule.ts";
import { scheduleSchema, type Schedule } from "./steps.ts";
import { summarise } from "./summary.ts";

const USAGE = `npm run simulate -- [--seed N | --seeds A-B | --random N | --schedule FILE] …
  --seed N          one seed
  --seeds A-B       these seeds; without any of the four 1-20
  --random N        N seeds from one by chance on, which is printed
  --schedule FILE   a schedule that was written down, as a failure leaves it
  --operations N    operations in each (50); a seed is another schedule for another number
  --workers N       processes (as many as there are processors)
  --minutes N       begins no further seed after so long
  --no-shrink       leaves a failing schedule as long as it is
  --mutant NAME     plants that bug, or each in turn with "all" or, of those that no seed has found yet, "missing", and keeps which
                    of the seeds finds it (tests/simulation/simulation-mutants.json)
  --to FOLDER       where a failing schedule is written (here)`;

const ROOT = path.resolve(import.meta.dirname, "../..");
/** Runs that a shorter schedule may cost. */
const SHRINKING = 200;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** @returns the exit code */
export async function simulate(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: "string" },
      seeds: { type: "string" },
      random: { type: "string" },
      schedule: { type: "string" },
      operations: { type: "string", default: "50" },
      workers: { type: "string", default: String(availableParallelism()) },
      minutes: { type: "string", default: "1440" },
      "no-shrink": { type: "boolean", default: false },
      mutant: { type: "string" },
      to: { type: "string", default: process.cwd() },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(USAGE);
    return 0;
  }
  const schedules = await wanted(values, number(values.operations, "--operations"));
  if (values.mutant !== undefined) return plant(values.mutant, schedules, number(values.workers, "--workers"));
  // Inside the project, so that what is not bundled is found from there.
  const folder = await mkdtemp(path.join(ROOT, ".engine-simulation-"));
  const began = performance.now();
  let pool: Pool | undefined;
  try {
    const script = await bundleProduct(folder);
    const size = Math.min(number(values.workers, "--workers"), schedules.length);
    pool = await Pool.open(size, script);
    const until = began + number(values.minutes, "--minutes") * 60_000;
    const results = await runAll(pool, schedules, size, until, { shrinks: !values["no-shrink"], to: values.to });
    say(summarise(results, performance.now() - began));
    return results.every(({ problem }) => problem === null) ? 0 : 1;
  } finally {
    await pool?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Says of each planted bug which seed finds it. @returns the exit code: 1 when one was not found */
async function plant(name: string, schedules: readonly Schedule[], workers: number): Promise<number> {
  const known = new Set((await readTable()).flatMap(({ name: each, seed }) => (seed === null ? [] : [each])));
  const missing = MUTANTS.filter((mutant) => !known.has(mutant.name));
  const mutants = name === "all" ? MUTANTS : name === "missing" ? missing : [mutantNamed(name)];
  const verdicts = await killMutants(mutants, schedules, workers, ROOT, (verdict) =>
    say(
      verdict.seed === null
        ? `NOT FOUND in ${verdict.tried} seeds: ${verdict.name}`
        : `${verdict.name}: seed ${verdict.seed}, ${verdict.by}`,
    ),
  );
  const missed = verdicts.filter(({ seed }) => seed === null).length;
  say(`${verdicts.length - missed} of ${verdicts.length} planted bugs were found`);
  return missed === 0 ? 0 : 1;
}

function number(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1 on.\n${USAGE}`);
  return value;
}

async function wanted(
  values: Readonly<Partial<Record<"random" | "schedule" | "seed" | "seeds", string | undefined>>>,
  operations: number,
): Promise<readonly Schedule[]> {
  if (values.schedule !== undefined) return [scheduleSchema.parse(JSON.parse(await readFile(values.schedule, "utf8")))];
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => schedule(from + index, { operations }));
  if (values.seed !== undefined) return range(number(values.seed, "--seed"), number(values.seed, "--seed"));
  if (values.random !== undefined) {
    const first = randomInt(1, 2_000_000_000);
    const last = first + number(values.random, "--random") - 1;
    say(`seeds ${first}-${last}`);
    return range(first, last);
  }
  const [, from = "1", to = "20"] = /^(\d+)-(\d+)$/.exec(values.seeds ?? "1-20") ?? [];
  return range(number(from, "--seeds"), number(to, "--seeds"));
}

async function runAll(
  pool: Pool,
  schedules: readonly Schedule[],
  lanes: number,
  until: number,
  o: { readonly shrinks: boolean; readonly to: string },
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...schedules];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next && performance.now() < until; next = queue.shift()) {
      const result = await pool.run(next);
      results.push(result);
      if (result.problem !== null)
        await explain(pool, next, result, { say, budget: o.shrinks ? SHRINKING : 0, to: o.to });
      if (results.length % 50 === 0) say(`${results.length} of ${schedules.length} seeds`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
