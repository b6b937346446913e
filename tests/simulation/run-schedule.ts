import { Broken } from "./acknowledged.ts";
import { checkNow } from "./checks.ts";
import type { Cluster } from "./cluster.ts";
import { drain, type Drained } from "./drain.ts";
import { Faults } from "./faults.ts";
import { performOperation } from "./operations.ts";
import { isFault, type Schedule } from "./steps.ts";
import { trace } from "./trace.ts";
import { World } from "./world.ts";

/** How a schedule ended. */
export interface Result {
  readonly seed: number;
  /** What broke, its kind in the first line; null when it ran clean. */
  readonly problem: string | null;
  /** The step over which it broke, from 0; as many as there are: at rest. */
  readonly at: number | null;
  readonly operations: number;
  readonly struck: Readonly<Record<string, number>>;
  /** Names of the calls after which the application was killed. */
  readonly died: readonly string[];
  readonly gifts: number;
  readonly drained: Drained | null;
  readonly ms: number;
}

/** Runs a schedule in a world of its own, and looks after each operation whether all is well. */
export async function runSchedule(cluster: Cluster, script: string, schedule: Schedule): Promise<Result> {
  const began = performance.now();
  const result = await World.open(cluster, script, schedule.seed).then(
    (world) => {
      trace(`seed ${schedule.seed}: a world after ${(performance.now() - began).toFixed(0)} ms`);
      return runIn(world, schedule);
    },
    (error: unknown) => ({
      problem: describe(error),
      at: null,
      operations: 0,
      struck: {},
      died: [],
      gifts: 0,
      drained: null,
    }),
  );
  return { ...result, seed: schedule.seed, ms: performance.now() - began };
}

async function runIn(world: World, schedule: Schedule): Promise<Omit<Result, "ms" | "seed">> {
  const faults = new Faults(world);
  let at = 0;
  let operations = 0;
  let drained: Drained | null = null;
  let problem: string | null = null;
  try {
    for (const step of schedule.steps) {
      const began = performance.now();
      if (isFault(step)) await faults.order(step);
      else {
        await faults.during(() => performOperation(world, step));
        await faults.afterwards();
        await checkNow(world);
        operations += 1;
      }
      trace(`${at}: ${JSON.stringify(step)}: ${(performance.now() - began).toFixed(0)} ms`);
      at += 1;
    }
    const began = performance.now();
    drained = await drain(world, faults);
    trace(`at rest: ${JSON.stringify(drained)}: ${(performance.now() - began).toFixed(0)} ms`);
  } catch (error) {
    problem = `${describe(error)}\nthe application's last words:\n${world.product.said}`;
  } finally {
    await faults.settle();
    await world.close();
  }
  return {
    problem,
    at: problem === null ? null : at,
    operations,
    struck: faults.struck,
    died: world.product.died,
    gifts: world.acknowledged.gifts.length,
    drained,
  };
}

/** The kind of failure in the first line, without what is other in each run, so that two runs can be compared. */
function describe(error: unknown): string {
  if (error instanceof Broken) return error.message;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const kind = message.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b/g, "…").split("\n", 1)[0];
  return `the simulation itself failed: ${name}: ${kind}\n${stack}`;
}
