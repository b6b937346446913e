import type postgres from "postgres";
import { describe, expect, test } from "vitest";
import { CATALOGUE_LAWS } from "../support/catalogue-laws.ts";
import { CALLABLE } from "../support/rls-expectations.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();

class Undo extends Error {}

/** The first column of each row. */
async function ask(sql: postgres.Sql | postgres.TransactionSql, query: string): Promise<string[]> {
  const rows = await sql.unsafe<Record<string, string>[]>(query);
  return rows.map((row) => Object.values(row)[0] ?? "");
}

describe("the catalogue", () => {
  test("holds what the laws speak of", async () => {
    const counts = await supabase.sql<{ tables: number; definers: number; policies: number; keys: number }[]>`
      select
        (select count(*)::int from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace) as tables,
        (select count(*)::int from pg_proc where prosecdef and pronamespace = 'private'::regnamespace) as definers,
        (select count(*)::int from pg_policies where schemaname = 'public') as policies,
        (select count(*)::int from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace) as keys`;
    for (const count of Object.values(counts[0] ?? {})) expect(count).toBeGreaterThan(4);
  });

  test.each(CATALOGUE_LAWS)("$name", async ({ query }) => {
    expect(await ask(supabase.sql, query)).toEqual([]);
  });

  test.each(CATALOGUE_LAWS)("the law bites: $name", async ({ query, planted, finds }) => {
    const found: string[] = [];
    const attempt = supabase.sql.begin(async (sql) => {
      await sql.unsafe(planted);
      found.push(...(await ask(sql, query)));
      throw new Undo();
    });
    await expect(attempt).rejects.toBeInstanceOf(Undo);
    expect(found).toContain(finds);
  });

  test.each(["anon", "authenticated"] as const)("%s may call exactly the functions in CALLABLE", async (role) => {
    const callable = await ask(
      supabase.sql,
      `select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname in ('public', 'private') and has_function_privilege('${role}', p.oid, 'execute')`,
    );
    expect(callable.toSorted()).toEqual(CALLABLE[role].toSorted());
  });
});

describe("functions that are not for browsers", () => {
  test("are refused over the Data API, with and without a signed-in person", async () => {
    const person = await supabase.asUser();
    const functions = await supabase.sql<{ name: string; args: string[] | null }[]>`
      select p.proname as name, (p.proargnames)[1:p.pronargs] as args
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'public' and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
        and not has_function_privilege('authenticated', p.oid, 'execute')`;
    expect(functions.length).toBeGreaterThan(5);
    const answered: string[] = [];
    for (const { name, args } of functions) {
      for (const bearer of [undefined, person.accessToken]) {
        const answer = await fetch(`${supabase.url}/rest/v1/rpc/${name}`, {
          method: "POST",
          headers: {
            apikey: supabase.publishableKey,
            "Content-Type": "application/json",
            ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
          },
          body: JSON.stringify(Object.fromEntries((args ?? []).map((arg) => [arg, null]))),
        });
        const problem = answer.ok ? { code: "answered" } : ((await answer.json()) as { code?: string });
        if (problem.code !== "42501") answered.push(`${name} ${bearer ? "signed in" : "anonymous"}: ${problem.code}`);
      }
    }
    expect(answered).toEqual([]);
  });
});
