import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../support/supabase.ts";
import { layVirtualTime, setDatabaseAhead } from "../../simulation/virtual-time.ts";

const DAY_MS = 86_400_000;
const database = useDatabase();
let laid: Awaited<ReturnType<typeof layVirtualTime>>;
beforeAll(async () => {
  laid = await layVirtualTime(database.url);
});

/** What still reads the machine's clock. */
const realReaders = async (): Promise<string[]> => {
  const rows = await database.sql<{ name: string }[]>`
    select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'private')
      and regexp_replace(pg_get_functiondef(p.oid), '--[^\n]*', '', 'g') ~* '(^|[^a-z_."])(pg_catalog\.)?(now|clock_timestamp|statement_timestamp)\(\)'
      and p.prokind in ('f', 'p')
    union all
    select d.adrelid::regclass::text from pg_attrdef d join pg_class c on c.oid = d.adrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'private') and pg_get_expr(d.adbin, d.adrelid) ~* '(^|[^a-z_."])(now|clock_timestamp)\(\)'`;
  return rows.map(({ name }) => name);
};

it("every function and default that reads a clock reads the virtual one", async () => {
  // The migrations have more of either than this; fewer would mean that it looked in the wrong place.
  expect(laid.functions).toBeGreaterThan(60);
  expect(laid.defaults).toBeGreaterThan(30);
  expect(await realReaders()).toEqual([]);
});

it("and follows it, in a function as in a default", async () => {
  await setDatabaseAhead(database.sql, 90 * DAY_MS);
  const [row] = await database.sql<{ claimed: number; event: number; real: number }[]>`
    with claimed as (
      select public.claim_idempotency('POST /api/v1/pledges', repeat('a', 64), 'virtual-time', repeat('b', 64), 30) as answer
    ), made as (
      insert into private.webhook_events (id, type, object_id, livemode, created, payload)
      values ('evt_virtual', 'test', 'obj', false, now(), '{}') returning received_at
    )
    select extract(epoch from (select received_at from made) - now())::float8 as event,
      extract(epoch from now())::float8 as real, (select 1 from claimed) as claimed`;
  expect(Math.round((row?.event ?? 0) / 86_400)).toBe(90);
  const [key] = await database.sql<{ days: number }[]>`
    select extract(epoch from lease_until - now())::float8 / 86400 as days from private.idempotency_keys where key = 'virtual-time'`;
  expect(Math.round(key?.days ?? 0)).toBe(90);
  await setDatabaseAhead(database.sql, 0);
});

it("changes nobody's rights", async () => {
  const [row] = await database.sql<{ open: number }[]>`
    select count(*)::int as open from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'private' and has_function_privilege('anon', p.oid, 'execute')`;
  expect(row?.open).toBe(0);
});
