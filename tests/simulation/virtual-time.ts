import postgres from "postgres";

/** The clocks that our SQL reads. */
const CLOCKS = "now|clock_timestamp|statement_timestamp|transaction_timestamp";
const READS_CLOCK = new RegExp(String.raw`(?<![\w."])(?:pg_catalog\.)?(${CLOCKS})\(\)`, "gi");
/** Would read the real clock without being a call that can be replaced. */
const READS_OTHERWISE = /\b(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b/i;

const OURS = ["public", "private"];

/**
 * Gives a migrated database a clock that can be set ahead: every function and every default of ours reads
 * `simulation.now()` instead of `now()`. The rest of each stays as the migrations made it, with its owner and its rights. Nothing
 * on the machine is faked, so the server's own waits (locks, time limits) are real.
 *
 * @returns how many functions and defaults read the clock
 * @throws Error when something reads it in a way that this does not know
 */
export async function layVirtualTime(databaseUrl: string): Promise<{ functions: number; defaults: number }> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    return await sql.begin(async (tx) => {
      await tx.unsafe(CLOCK);
      const functions = await rewriteFunctions(tx);
      const defaults = await rewriteDefaults(tx);
      await refuseOtherReaders(tx);
      return { functions, defaults };
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const CLOCK = `
create schema simulation;
create table simulation.clock (ahead interval not null);
insert into simulation.clock values (interval '0');
create function simulation.now() returns timestamptz language sql stable
  as $$ select pg_catalog.now() + (select c.ahead from simulation.clock c) $$;
create function simulation.transaction_timestamp() returns timestamptz language sql stable
  as $$ select pg_catalog.now() + (select c.ahead from simulation.clock c) $$;
create function simulation.statement_timestamp() returns timestamptz language sql stable
  as $$ select pg_catalog.statement_timestamp() + (select c.ahead from simulation.clock c) $$;
create function simulation.clock_timestamp() returns timestamptz language sql volatile
  as $$ select pg_catalog.clock_timestamp() + (select c.ahead from simulation.clock c) $$;
grant usage on schema simulation to public;
grant select on simulation.clock to public;
grant execute on all functions in schema simulation to public;
`;

const virtual = (text: string): string => text.replaceAll(READS_CLOCK, "simulation.$1()");
const isOther = (text: string): boolean => text !== virtual(text);

async function rewriteFunctions(tx: postgres.TransactionSql): Promise<number> {
  const functions = await tx<{ name: string; definition: string }[]>`
    select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where n.nspname = any (${OURS}::text[]) and p.prokind in ('f', 'p') and l.lanname in ('sql', 'plpgsql')`;
  const readers = functions.filter(({ definition }) => isOther(definition));
  // A function in SQL that calls another is read again when it is made, and all of them are there.
  for (const { definition } of readers) await tx.unsafe(virtual(definition));
  return readers.length;
}

async function rewriteDefaults(tx: postgres.TransactionSql): Promise<number> {
  const defaults = await tx<{ relation: string; column: string; expression: string }[]>`
    select d.adrelid::regclass::text as relation, quote_ident(a.attname) as column, pg_get_expr(d.adbin, d.adrelid) as expression
    from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join pg_class c on c.oid = d.adrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (${OURS}::text[]) and a.attgenerated = ''`;
  const readers = defaults.filter(({ expression }) => isOther(expression));
  for (const { relation, column, expression } of readers)
    await tx.unsafe(`alter table ${relation} alter column ${column} set default ${virtual(expression)}`);
  return readers.length;
}

/** Policies, views and the keywords: there are none of them that read a clock today, and a new one must not go unseen. */
async function refuseOtherReaders(tx: postgres.TransactionSql): Promise<void> {
  const texts = await tx<{ what: string; text: string }[]>`
    select 'policy ' || policyname || ' on ' || tablename as what, coalesce(qual, '') || coalesce(with_check, '') as text
    from pg_policies where schemaname = any (${OURS}::text[])
    union all
    select 'view ' || viewname, definition from pg_views where schemaname = any (${OURS}::text[])
    union all
    select 'trigger ' || t.tgname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
      join pg_namespace n on n.oid = c.relnamespace where n.nspname = any (${OURS}::text[]) and not t.tgisinternal
    union all
    select 'constraint ' || o.conname, pg_get_constraintdef(o.oid) from pg_constraint o join pg_namespace n on n.oid = o.connamespace
      where n.nspname = any (${OURS}::text[]) and o.contype = 'c'`;
  const bodies = await tx<{ what: string; text: string }[]>`
    select 'function ' || p.oid::regprocedure::text as what, regexp_replace(p.prosrc, '--[^\n]*', '', 'g') as text
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any (${OURS}::text[])`;
  const found = [
    ...texts.filter(({ text }) => isOther(text) || READS_OTHERWISE.test(text)),
    ...bodies.filter(({ text }) => READS_OTHERWISE.test(text)),
  ];
  if (found.length > 0)
    throw new Error(
      `The virtual clock does not reach ${found.map(({ what }) => what).join(", ")}. Teach tests/simulation/virtual-time.ts.`,
    );
}

/** Sets a database's clock ahead of the machine's. */
export function setDatabaseAhead(sql: postgres.Sql, ms: number): Promise<readonly object[]> {
  return sql`update simulation.clock set ahead = ${`${ms} milliseconds`}::interval`;
}
