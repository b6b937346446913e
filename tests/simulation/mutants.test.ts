import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { MUTANTS, mutantNamed } from "./mutants.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const times = (text: string, part: string): number => text.split(part).length - 1;

it("there are at least thirty, each with a name of its own", () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(30);
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  for (const { name, from, to } of MUTANTS) expect(from, name).not.toBe(to);
});

it.each(MUTANTS.flatMap((mutant) => ("file" in mutant ? [mutant] : [])))(
  "$name: what it changes is written once",
  ({ file, from }) => {
    expect(times(readFileSync(path.join(ROOT, file), "utf8"), from)).toBe(1);
  },
);

it("one that is not there is refused by name", () => {
  expect(() => mutantNamed("none such")).toThrow(/no planted bug "none such"/);
});
