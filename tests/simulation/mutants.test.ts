import { expect, it } from "vitest";
import { readTable } from "./kill-mutants.ts";
import { filesOf, MUTANTS, mutantNamed, plantedFile } from "./mutants.ts";

/** A seed later than this is no seed that CI could afford to look for. */
const SEEDS = 100;
/** So many are found; it only grows. */
const FOUND = 35;

it("there are at least thirty, each with a name of its own", () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(30);
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  for (const { name, changes } of MUTANTS) expect(changes.length, name).toBeGreaterThan(0);
});

it.each(MUTANTS)("$name: what it changes is there", async (mutant) => {
  for (const file of filesOf(mutant)) expect(await plantedFile(file, mutant)).not.toBe(undefined);
  for (const change of mutant.changes) if ("from" in change) expect(change.from).not.toBe(change.to);
});

it("the table knows each and no other, and thirty or more were found by one of the first hundred seeds", async () => {
  const table = await readTable();
  expect(table.map(({ name }) => name)).toEqual(MUTANTS.map(({ name }) => name));
  const found = table.filter(({ seed }) => seed !== null);
  expect(found.length).toBeGreaterThanOrEqual(FOUND);
  for (const { name, seed, by } of found) {
    expect(seed, name).toBeGreaterThanOrEqual(1);
    expect(seed, name).toBeLessThanOrEqual(SEEDS);
    expect(by, name).not.toBe("");
  }
});

it("one that is not there is refused by name", () => {
  expect(() => mutantNamed("none such")).toThrow(/no planted bug "none such"/);
});

it("one whose text is not in the file any more cannot be planted", async () => {
  const file = "lib/platform/stripe/keys.ts";
  const mutant = { name: "gone", why: "", changes: [{ file, from: "what nobody has written", to: "" }] };
  await expect(plantedFile(filesOf(mutant)[0] ?? "", mutant)).rejects.toThrow(/"gone" cannot be planted/);
});
