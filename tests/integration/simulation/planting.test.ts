import { expect, it } from "vitest";
import { MUTANTS } from "../../simulation/mutants.ts";
import { useDatabase } from "../../support/supabase.ts";

const database = useDatabase();

/** Those of files are looked at by tests/simulation/mutants.test.ts, without a database. */
it.each(MUTANTS.flatMap((mutant) => ("routine" in mutant ? [mutant] : [])))(
  "$name: what it changes is written once in the function",
  async ({ routine, from }) => {
    const rows = await database.sql<{ definition: string }[]>`
      select pg_get_functiondef(p.oid) as definition from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname || '.' || p.proname = ${routine}`;
    expect(rows.map(({ definition }) => definition.split(from).length - 1)).toEqual([1]);
  },
);
