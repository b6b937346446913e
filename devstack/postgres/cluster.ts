import postgres from "postgres";

/**
 * Makes a cluster look like a hosted Supabase project: `postgres` is no superuser, the roles of the
 * Data API exist, extensions live in a schema of their own. It is done in `template1`, so every
 * database made later starts the same way, and again on each start, because it changes nothing the second time.
 */
export async function prepareCluster(adminUrl: string, password: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    // `postgres` may log in only once everything below is done: that is the mark of a prepared cluster.
    const [done] = await sql`select 1 from pg_roles where rolname = 'postgres' and rolcanlogin`;
    if (done) return;
    await sql.unsafe(ROLES);
    await sql.unsafe(TEMPLATE);
    await inPostgresDatabase(adminUrl); // It was copied from template1 before we prepared that one.
    await sql.unsafe("alter database postgres owner to postgres");
    await sql.unsafe(`alter role postgres login password '${password}'`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function inPostgresDatabase(adminUrl: string): Promise<void> {
  const sql = postgres(adminUrl.replace(/\/template1$/, "/postgres"), { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(TEMPLATE);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const role = (name: string, attributes: string) =>
  `do $$ begin if not exists (select from pg_roles where rolname = '${name}') then create role ${name} ${attributes}; end if; end $$;`;

const ROLES = `
${role("anon", "nologin noinherit")}
${role("authenticated", "nologin noinherit")}
${role("service_role", "nologin noinherit bypassrls")}
${role("postgres", "nologin createdb createrole bypassrls replication")}
grant anon, authenticated, service_role to postgres with admin option;
grant pg_monitor, pg_signal_backend, pg_read_all_data to postgres;
alter role postgres set search_path = "$user", public, extensions;
`;

const TEMPLATE = `
create schema if not exists extensions;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pg_stat_statements with schema extensions;
alter schema public owner to postgres;
grant usage on schema public to anon, authenticated, service_role;
grant usage, create on schema extensions to postgres;
grant usage on schema extensions to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
`;
