import { expect, it } from "vitest";
import { MUTANTS, plantWith } from "../../simulation/mutants.ts";
import { useDatabase } from "../../support/supabase.ts";

const database = useDatabase();
const inDatabase = MUTANTS.filter(({ changes }) => changes.some((change) => !("file" in change)));

class Undone extends Error {}

/** What bugs change in files is looked at by tests/simulation/mutants.test.ts, without a database. */
it.each(inDatabase)("$name: what it changes is there", async (mutant) => {
  await expect(
    database.sql.begin(async (tx) => {
      await plantWith(tx, mutant);
      throw new Undone();
    }),
  ).rejects.toThrow(Undone);
});

it("one whose constraint is gone cannot be planted", async () => {
  const changes = [{ drop: "constraint", of: "public.pledges", name: "none_such" }] as const;
  await expect(
    database.sql.begin((tx) => plantWith(tx, { name: "test", why: "it is not there", changes })),
  ).rejects.toThrow(/none_such/);
});
