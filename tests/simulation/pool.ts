import { fork, type ChildProcess } from "node:child_process";
import path from "node:path";
import type { Result } from "./run-schedule.ts";
import type { Order, Schedule } from "./steps.ts";

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

/** Workers that run schedules, each one at a time. */
export class Pool {
  #on: Omit<Order, "schedule">;
  readonly #free: Worker[] = [];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  readonly #all = new Set<Worker>();

  private constructor(script: string) {
    this.#on = { script, planted: null };
  }

  /** @param script what bundleProduct() made */
  static async open(size: number, script: string): Promise<Pool> {
    const pool = new Pool(script);
    await Promise.all(Array.from({ length: size }, () => pool.#add()));
    return pool;
  }

  /** What schedules run on from here on. @param planted name of a bug, which `script` was bundled with */
  use(script: string, planted: string | null): void {
    this.#on = { script, planted };
  }

  async #add(): Promise<void> {
    const child = fork(path.join(import.meta.dirname, "worker.ts"), [], {
      execArgv: [],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const worker: Worker = { child, ended: new Promise((resolve) => child.once("exit", () => resolve())) };
    const first = await Promise.race([
      new Promise((resolve) => child.once("message", resolve)),
      worker.ended.then(() => null),
    ]);
    if (first !== "ready")
      throw new Error("A worker of the simulation ended before it was ready; what it wrote says why.");
    this.#all.add(worker);
    this.#give(worker);
  }

  #give(worker: Worker): void {
    const next = this.#waiting.shift();
    if (next) next(worker);
    else this.#free.push(worker);
  }

  /** Runs a schedule as soon as a worker is free. A worker that dies over it is that schedule's failure, and is replaced. */
  async run(schedule: Schedule): Promise<Result> {
    const worker = this.#free.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    const began = performance.now();
    const answer = new Promise<Result>((resolve) =>
      worker.child.once("message", (result) => resolve(result as Result)),
    );
    // One that has just died says so by its end.
    worker.child.send({ schedule, ...this.#on } satisfies Order, () => undefined);
    const result = await Promise.race([answer, worker.ended.then(() => null)]);
    if (result) {
      this.#give(worker);
      return result;
    }
    this.#all.delete(worker);
    await this.#add();
    return {
      seed: schedule.seed,
      problem: "the simulation itself failed: its worker ended",
      at: null,
      operations: 0,
      struck: {},
      died: [],
      gifts: 0,
      drained: null,
      ms: performance.now() - began,
    };
  }

  async close(): Promise<void> {
    for (const { child } of this.#all) if (child.connected) child.disconnect();
    await Promise.all([...this.#all].map(({ ended }) => ended));
  }
}
