import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { bundleScript, startProductProcess, type ProductProcess } from "../../support/product-process.ts";
import type { Giving } from "./giving-harness.ts";

/** Long enough for a busy machine: each kill is a process of its own. */
export const KILLING = { timeout: 1_200_000 };

/** One piece of work, and how it goes on after its process died. */
export interface Killed {
  readonly work: object;
  /** Drives on what the dead process left (or what a process that got through has done), and says that the end is right. */
  goesOn(): Promise<void>;
}

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/**
 * SIGKILL after each call to the outside that a piece of work makes: after the first, after the second, … until it
 * gets through. What a process leaves behind is written by such calls alone, so this is each of its awaits.
 */
export function useKilling(giving: Giving) {
  const spare: { next: Promise<ProductProcess> | undefined } = { next: undefined };
  let folder = "";
  const script = (): string => path.join(folder, "giving-process.mjs");
  const start = (): Promise<ProductProcess> => {
    const started = startProductProcess(script(), environment());
    started.catch(() => undefined);
    return started;
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "devmentor-killing-"));
    await bundleScript("tests/integration/giving/giving-process.ts", script());
  });
  afterAll(async () => {
    await (await spare.next)?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** @returns whether it died */
  async function diesAfter(calls: number, work: object): Promise<boolean> {
    const child = await (spare.next ?? start());
    spare.next = start();
    try {
      await child.ask(JSON.stringify({ dieAfter: calls, work }));
      return false;
    } catch (error) {
      if ((await child.ended) === "SIGKILL") return true;
      throw error;
    } finally {
      await child.close();
    }
  }

  const healthy = async (calls: number) =>
    expect(await giving.supabase.sql`select * from private.check_invariants()`, `after call ${calls}`).toEqual([]);

  return {
    /** @returns how many calls the work makes when nothing kills it: each was the last one of a process */
    async afterEachCall(prepare: () => Promise<Killed>): Promise<number> {
      for (let calls = 1; ; calls += 1) {
        const { work, goesOn } = await prepare();
        const died = await diesAfter(calls, work);
        await healthy(calls);
        await goesOn().catch((error: unknown) => {
          throw new Error(`Killed after call ${calls}, it did not come to its end.`, { cause: error });
        });
        await healthy(calls);
        if (!died) return calls - 1;
      }
    },
  };
}
