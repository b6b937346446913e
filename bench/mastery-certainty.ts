/**
 * How sure a chance is: where simulated learners really are of whom the engine believes the same after as many answers.
 *
 *   npx tsx bench/mastery-certainty.ts [learners of a seed, 400] [--tuning]
 *
 * `--tuning` prints the table that `lib/learning/mastery/certainty.ts` holds, from seeds of its own. Without it the ranges of that
 * table are held against other seeds: fails where fewer than four of five lie within them, in either world.
 */
import { knotOf, rangeOf, stepOf } from "../lib/learning/mastery/certainty.ts";
import { simulate, type Belief, type World } from "./mastery-simulation.ts";

const tuning = process.argv.includes("--tuning");
const learners = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 400);
const SEEDS = tuning ? [21, 22, 23, 24, 25, 26, 27, 28] : [8101, 8102, 8103, 8104, 8105, 8106, 8107, 8108, 8109, 8110];
const WORLDS: readonly World[] = ["irt", "bkt"];
/** As the mastery bench has it; it says nothing about what is believed. */
const MASTERY_AT = 0.7;
/** Fewer say nothing about one in ten. */
const ENOUGH = 100;
const NOMINAL = 0.8;

const beliefs = new Map(
  WORLDS.map((world) => [world, SEEDS.flatMap((seed) => simulate(world, seed, learners, MASTERY_AT).beliefs)] as const),
);

if (tuning) printTable();
else {
  const worst = WORLDS.map((world) => report(world, beliefs.get(world) ?? []));
  process.exitCode = Math.min(...worst) >= NOMINAL ? 0 : 1;
  console.log(process.exitCode === 0 ? "\nThe aim is met." : "\nMissed.");
}

/** For each step of answers and each knot of the chance: the lowest tenth and the highest tenth, of the world that has it farther out. */
function printTable(): void {
  const cells = new Map<string, Map<World, number[]>>();
  for (const [world, of] of beliefs)
    for (const { chance, answers, truth } of of) {
      const name = `${stepOf(answers)} ${knotOf(chance)}`;
      const cell = cells.get(name) ?? new Map<World, number[]>();
      const truths = cell.get(world);
      if (truths) truths.push(truth);
      else cell.set(world, [truth]);
      cells.set(name, cell);
    }
  for (const [name, cell] of [...cells].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const ends = [...cell.values()]
      .filter((truths) => truths.length >= ENOUGH)
      .map((truths) => truths.toSorted((one, other) => one - other))
      .map((sorted) => [tenth(sorted, 1), tenth(sorted, 9)] as const);
    const low = Math.min(...ends.map(([end]) => end));
    const high = Math.max(...ends.map(([, end]) => end));
    const sizes = [...cell].map(([world, truths]) => `${world} ${truths.length}`).join(", ");
    console.log(`step ${name.replace(" ", ", knot ")}: ${low.toFixed(2)} to ${high.toFixed(2)} (${sizes})`);
  }
}

function tenth(sorted: readonly number[], of: number): number {
  return sorted[Math.floor((of / 10) * (sorted.length - 1))] ?? Number.NaN;
}

function report(world: World, of: readonly Belief[]): number {
  const all = coverage(of);
  console.log(
    `\n${world}: ${of.length} beliefs of ${SEEDS.length} seeds × ${learners} learners; within the range: ${percent(all)}`,
  );
  const group = (title: string, by: (belief: Belief) => number): void => {
    const groups = new Map<number, Belief[]>();
    for (const belief of of) {
      const some = groups.get(by(belief));
      if (some) some.push(belief);
      else groups.set(by(belief), [belief]);
    }
    const parts = [...groups]
      .filter(([, some]) => some.length >= ENOUGH)
      .toSorted(([one], [other]) => one - other)
      .map(([name, some]) => `${name}: ${percent(coverage(some))} (width ${width(some).toFixed(2)})`);
    console.log(`  by ${title}: ${parts.join("; ")}`);
  };
  group("step of answers", ({ answers }) => stepOf(answers));
  group("knot of the chance", ({ chance }) => knotOf(chance));
  return all;
}

function coverage(of: readonly Belief[]): number {
  const within = of.filter(({ chance, answers, truth }) => {
    const { low, high } = rangeOf(chance, answers);
    return low <= truth && truth <= high;
  });
  return within.length / of.length;
}

function width(of: readonly Belief[]): number {
  const widths = of.map(({ chance, answers }) => rangeOf(chance, answers)).map(({ low, high }) => high - low);
  return widths.reduce((sum, one) => sum + one, 0) / widths.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
