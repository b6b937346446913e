import type postgres from "postgres";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ACTORS,
  type Actor,
  type Outcome,
  type People,
  TABLES,
  type Verb,
  VERBS,
} from "../support/rls-expectations.ts";
import { type TestUser, useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
const users: { owner?: TestUser; stranger?: TestUser } = {};

beforeAll(async () => {
  users.owner = await supabase.asUser();
  users.stranger = await supabase.asUser();
});

function user(name: "owner" | "stranger"): TestUser {
  const found = users[name];
  if (!found) throw new Error(`${name} has not signed up`);
  return found;
}

function people(): People {
  return { owner: user("owner").id, stranger: user("stranger").id };
}

/** Becomes the actor for the rest of the transaction, exactly as the Data API does: a role and the token's claims. */
async function become(sql: postgres.TransactionSql, actor: Actor): Promise<void> {
  const role = { anon: "anon", owner: "authenticated", stranger: "authenticated", service: "service_role" }[actor];
  const person = actor === "owner" || actor === "stranger" ? user(actor) : undefined;
  const claims = person
    ? Buffer.from(person.accessToken.split(".")[1] ?? "", "base64url").toString()
    : JSON.stringify({ role });
  // Hosted Supabase reads the subject from the claims, the embedded one from its own setting.
  await sql`
    select set_config('request.jwt.claims', ${claims}, true), set_config('request.jwt.claim.role', ${role}, true),
      set_config('request.jwt.claim.sub', ${person?.id ?? ""}, true)`;
  await sql.unsafe(`set local role ${role}`);
}

class Undo extends Error {}

/** Seeds, performs one verb as one actor, and takes everything back. */
async function perform(table: string, actor: Actor, verb: Verb): Promise<Outcome> {
  const expectation = TABLES[table];
  if (!expectation) throw new Error(`${table} has no expectation`);
  let outcome: Outcome | undefined;
  const attempt = supabase.sql.begin(async (sql) => {
    const key = await expectation.seed(sql, people());
    await become(sql, actor);
    const target = sql(`public.${table}`);
    const where = Object.entries(key).reduce(
      (so_far, [column, value]) => sql`${so_far} and ${sql(column)} = ${value}`,
      sql`true`,
    );
    const statements: Record<Verb, () => postgres.PendingQuery<postgres.Row[]>> = {
      select: () => sql`select 1 from ${target} where ${where}`,
      insert: () => sql`insert into ${target} ${sql(expectation.insert(people()))}`,
      update: () => sql`update ${target} set ${sql(expectation.update)} where ${where}`,
      delete: () => sql`delete from ${target} where ${where}`,
    };
    const answer = await statements[verb]();
    outcome = answer.count > 0 ? "row" : "none";
    throw new Undo();
  });
  try {
    await attempt;
  } catch (error) {
    if ((error as { code?: string }).code === "42501") return "refused";
    if (!(error instanceof Undo)) throw error;
  }
  if (!outcome) throw new Error("the verb was not performed");
  return outcome;
}

describe("row level security, every table × actor × verb", () => {
  test("each table that the API exposes has an expectation, and each expectation a table", async () => {
    const tables = await supabase.sql<{ name: string }[]>`
      select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f') order by relname`;
    expect(tables.map(({ name }) => name)).toEqual(Object.keys(TABLES).toSorted());
  });

  const cells = Object.keys(TABLES).flatMap((table) =>
    ACTORS.flatMap((actor) =>
      VERBS.map((verb) => ({ table, actor, verb, outcome: TABLES[table]?.cells[actor][verb] ?? "refused" })),
    ),
  );

  test.each(cells)("$table: $actor, $verb → $outcome", async ({ table, actor, verb, outcome }) => {
    expect(await perform(table, actor, verb)).toBe(outcome);
  });

  test.each(Object.keys(TABLES))("%s: people may change exactly the columns that stand there", async (table) => {
    const columns = await supabase.sql<{ name: string }[]>`
      select a.attname as name from pg_attribute a
      where a.attrelid = ${`public.${table}`}::regclass and a.attnum > 0 and not a.attisdropped
        and has_column_privilege('authenticated', a.attrelid, a.attnum, 'update') order by a.attname`;
    expect(columns.map(({ name }) => name)).toEqual(TABLES[table]?.updatable);
  });

  test.each(Object.keys(TABLES))("%s: the Data API answers as the database does", async (table) => {
    const key = { apikey: supabase.publishableKey };
    // Of some tables people may read some columns alone; where they may read none, `*` is refused as it should be.
    const columns = await supabase.sql<{ name: string }[]>`
      select a.attname as name from pg_attribute a
      where a.attrelid = ${`public.${table}`}::regclass and a.attnum > 0 and not a.attisdropped
        and has_column_privilege('authenticated', a.attrelid, a.attnum, 'select')`;
    const readable = columns.map(({ name }) => name).join(",") || "*";
    const select = async (headers: Record<string, string>) => {
      const answer = await fetch(`${supabase.url}/rest/v1/${table}?select=${readable}&limit=1`, { headers });
      return answer.ok ? "read" : ((await answer.json()) as { code: string }).code;
    };
    const expected = (actor: Actor) => (TABLES[table]?.cells[actor].select === "refused" ? "42501" : "read");
    expect(await select(key)).toBe(expected("anon"));
    expect(await select({ ...key, Authorization: `Bearer ${user("stranger").accessToken}` })).toBe(
      expected("stranger"),
    );
    expect(await select({ apikey: supabase.secretKey })).toBe(expected("service"));
  });
});

describe("tables outside the API", () => {
  test("are refused to every role of the API, each verb", async () => {
    const tables = await supabase.sql<{ name: string }[]>`
      select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'private' and c.relkind in ('r', 'p', 'v', 'm') order by relname`;
    expect(tables.length).toBeGreaterThan(0);
    const roles = ["anon", "authenticated", "service_role"];
    const reached: string[] = [];
    for (const { name } of tables) {
      for (const role of roles) {
        for (const statement of [
          `select 1 from private.${name}`,
          `insert into private.${name} default values`,
          `update private.${name} set ctid = ctid`,
          `delete from private.${name}`,
        ]) {
          const code = await supabase.sql
            .begin(async (sql) => {
              await sql.unsafe(`set local role ${role}`);
              await sql.unsafe(statement);
              throw new Undo();
            })
            .then(
              () => "committed",
              (error: { code?: string }) => error.code ?? "performed",
            );
          // 42501 is the refusal; `ctid` cannot be assigned, which PostgreSQL may say before it looks at grants.
          if (code !== "42501" && !(statement.includes("ctid") && code === "0A000"))
            reached.push(`${role}: ${statement} (${code})`);
        }
      }
    }
    expect(reached).toEqual([]);
  });

  test("cannot be named over the Data API", async () => {
    const answer = await fetch(`${supabase.url}/rest/v1/outbox`, {
      headers: { apikey: supabase.secretKey, "Accept-Profile": "private" },
    });
    expect(answer.ok).toBe(false);
  });
});
