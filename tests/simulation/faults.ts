import type { Fault } from "./steps.ts";
import type { World } from "./world.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The faults of a run: those that strike at once or stand at the provider, and those that strike in the middle of the next
 * operation. How often each struck is counted.
 */
export class Faults {
  readonly #world: World;
  #alongside: (() => Promise<void>)[] = [];
  #under: Promise<void>[] = [];
  readonly struck: Record<string, number> = {};

  constructor(world: World) {
    this.#world = world;
  }

  /** Has a fault happen. */
  async order(fault: Fault): Promise<void> {
    const world = this.#world;
    this.struck[fault.fault] = (this.struck[fault.fault] ?? 0) + 1;
    switch (fault.fault) {
      case "kill_after_call":
        return world.product.arm(fault.nth);
      case "kill_after_ms":
        this.#alongside.push(async () => {
          await sleep(fault.ms);
          await world.product.kill();
        });
        return;
      case "postgres_restart":
        this.#alongside.push(async () => {
          await sleep(fault.afterMs);
          await world.cluster.restartImmediately();
        });
        return;
      case "redis_kill": {
        // One that is down is not killed again before it is back.
        await Promise.all(this.#under.splice(0));
        const start = await world.killRedis();
        const back = sleep(fault.downMs).then(start);
        // Whoever waits for it is told; until then it is nobody's.
        back.catch(() => undefined);
        this.#under.push(back);
        return;
      }
      case "redis_flush":
        await world.redis.flushall();
        return;
      case "redis_slow":
        await world.redis.call("CLIENT", "PAUSE", String(fault.ms), "ALL");
        return;
      case "stripe_latency":
        return this.#atStripe(fault, { kind: "latency", ms: fault.ms });
      case "stripe_error":
        return this.#atStripe(fault, {
          kind: "error",
          status: 500,
          when: fault.when,
          saved: fault.saved || fault.when === "after",
        });
      case "stripe_timeout":
        return this.#atStripe(fault, { kind: "timeout", when: fault.when, ms: fault.ms });
      case "stripe_reset":
        return this.#atStripe(fault, { kind: "reset", when: fault.when });
      case "inngest_error":
        world.workflows.refuse(fault.count, fault.when);
        return;
      case "webhook_duplicate":
        return this.#ofWebhooks({ kind: "duplicate", count: fault.count, times: fault.times });
      case "webhook_twin":
        return this.#ofWebhooks({ kind: "twin", count: fault.count });
      case "webhook_delay":
        return this.#ofWebhooks({ kind: "delay", count: fault.count, ms: fault.ms });
      case "webhook_drop":
        return this.#ofWebhooks({ kind: "drop", count: fault.count });
      case "clock_skew":
        return world.skew(fault.ms);
    }
  }

  /** The simulation itself reads lists of the provider, so faults strike what changes something, and readings of one intent. */
  async #atStripe({ path, count }: { readonly path: string; readonly count: number }, fault: object): Promise<void> {
    await this.#world.control("POST", "faults", { on: "api", method: "POST", path, count, ...fault });
    if (path === "/v1/*")
      await this.#world.control("POST", "faults", {
        on: "api",
        method: "GET",
        path: "/v1/payment_intents/*",
        count,
        ...fault,
      });
  }

  async #ofWebhooks(fault: object): Promise<void> {
    await this.#world.control("POST", "faults", { on: "webhook", ...fault });
  }

  /** Does an operation, with what was ordered to strike in its middle. */
  async during(operation: () => Promise<unknown>): Promise<void> {
    const alongside = this.#alongside.splice(0).map((strike) => strike());
    const ends = await Promise.allSettled([operation(), ...alongside]);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  /** After an operation: an application that died is started again, as its supervisor does, and a failpoint that was not met goes. */
  async afterwards(): Promise<void> {
    await this.#world.product.idle();
    if (this.#world.product.runs) await this.#world.product.arm(null);
    else await this.#world.product.start();
  }

  /** Waits for what still comes back by itself, before the world is closed. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#under.splice(0));
  }

  /** Everything works from here on. */
  async end(): Promise<void> {
    const world = this.#world;
    this.#alongside = [];
    await Promise.all(this.#under.splice(0));
    await world.control("DELETE", "faults");
    world.workflows.refuse(0, "before");
    await world.product.start();
    await world.product.arm(null);
    await world.skew(0);
  }
}
