import { beforeAll, expect, it } from "vitest";
import { useDatabase } from "../../support/supabase.ts";
import { layVirtualTime, setDatabaseAhead } from "../../simulation/virtual-time.ts";

const DAY_MS = 86_400_000;
const database = useDatabase();
let laid: Awaited<ReturnType<typeof layVirtualTime>>;
let before: Awaited<ReturnType<typeof rights>>;
let readBefore: readonly string[];

/** Who owns each function of ours, who may execute it, and as whom it runs. */
const rights = async () => [
  ...(await database.sql`
    select p.oid::regprocedure::text as name, p.proowner::regrole::text as owner, p.proacl::text as acl, p.prosecdef as definer, p.proconfig::text as config
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'private') order by 1`),
];
beforeAll(async () => {
  before = await rights();
  readBefore = await realReaders();
  laid = await layVirtualTime(database.url);
});

/** What still reads the machine's clock. */
const realReaders = async (): Promise<string[]> => {
  const rows = await database.sql<{ name: string }[]>`
    select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'private')
      and regexp_replace(pg_get_functiondef(p.oid), '--[^\\n]*', '', 'g') ~* '(^|[^a-z_."])(pg_catalog\\.)?(now|clock_timestamp|statement_timestamp)\\(\\)'
      and p.prokind in ('f', 'p')
    union all
    select d.adrelid::regclass::text from pg_attrdef d join pg_class c on c.oid = d.adrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'private') and pg_get_expr(d.adbin, d.adrelid) ~* '(^|[^a-z_."])(now|clock_timestamp)\\(\\)'`;
  return rows.map(({ name }) => name);
};

it("every function and default that reads a clock reads the virtual one", async () => {
  // The migrations have more of either than this; fewer would mean that it looked in the wrong place.
  expect(laid.functions).toBeGreaterThan(60);
  expect(laid.defaults).toBeGreaterThan(30);
  expect(readBefore.length).toBeGreaterThanOrEqual(laid.functions);
  expect(await realReaders()).toEqual([]);
});

it("and follows it, in a function as in a default", async () => {
  const { sql } = database;
  await setDatabaseAhead(sql, 90 * DAY_MS);
  const hash = "a".repeat(64);
  await sql`select public.claim_idempotency('POST /api/v1/pledges', ${hash}, 'virtual-time', ${hash}, 30)`;
  await sql`
    insert into private.webhook_events (id, type, object_id, livemode, created, payload)
    values ('evt_virtual', 'test', 'obj', false, now(), '{}')`;
  const [ahead] = await sql<{ key: number; event: number }[]>`
    select (select extract(epoch from k.lease_until - now())::float8 / 86400 from private.idempotency_keys k where k.key = 'virtual-time') as key,
      (select extract(epoch from w.received_at - now())::float8 / 86400 from private.webhook_events w where w.id = 'evt_virtual') as event`;
  expect([Math.round(ahead?.key ?? 0), Math.round(ahead?.event ?? 0)]).toEqual([90, 90]);
  await setDatabaseAhead(sql, 0);
});

it("changes nobody's rights", async () => {
  expect(await rights()).toEqual(before);
});
