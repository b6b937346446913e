import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { readTable } from "./kill-mutants.ts";
import { mutantNamed } from "./mutants.ts";
import { Pool } from "./pool.ts";
import { bundleProduct } from "./product.ts";
import { schedule } from "./schedule.ts";

/** A constraint, a guard and a text of the application; `npm run simulate -- --mutant all` tries every one. */
const SOME = [
  "an event is folded each time that it comes",
  "an entry of the ledger is left out",
  "a payment ends before its intent",
] as const;

it.each(SOME)("its seed still finds: %s", async (name) => {
  const seed = (await readTable()).find((row) => row.name === name)?.seed ?? 0;
  const folder = await mkdtemp(path.join(import.meta.dirname, "../../.engine-simulation-"));
  let pool: Pool | undefined;
  try {
    const script = await bundleProduct(folder, mutantNamed(name));
    pool = await Pool.open(1, script);
    pool.use(script, name);
    const { problem } = await pool.run(schedule(seed));
    expect(problem, `seed ${seed} ran clean`).not.toBeNull();
    expect(problem).not.toMatch(/^the simulation itself failed/);
  } finally {
    await pool?.close();
    await rm(folder, { recursive: true, force: true });
  }
});
