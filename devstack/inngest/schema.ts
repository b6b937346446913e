import { connect, type Sql } from "./database.ts";

/** Payloads are `json`, not `jsonb`: they come back exactly as sent, and may hold `\u0000`. */
const TABLES = (schema: string): string => `
begin;
-- two starts at once would race on "create … if not exists"
select pg_advisory_xact_lock(hashtext('devstack-inngest:${schema}'));
create schema if not exists ${schema};
set local search_path = ${schema};

create table if not exists apps (
  id text primary key,
  url text not null,
  sdk text,
  framework text,
  synced_at timestamptz not null default now()
);

create table if not exists functions (
  id text primary key,
  app_id text not null references apps (id) on delete cascade,
  config json not null,
  active boolean not null default true,
  registered_at timestamptz not null default now()
);
create index if not exists functions_app on functions (app_id);

create table if not exists events (
  id text primary key,
  external_id text unique,
  name text not null,
  payload json not null,
  received_at timestamptz not null default now()
);
create index if not exists events_name on events (name, id);
create index if not exists events_received on events (received_at);

create table if not exists runs (
  id text primary key,
  function_id text not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  -- what made this run (an event, a tick, an invocation): never twice for one function
  trigger_key text not null,
  event_ids text[] not null,
  buckets text[] not null default '{}',
  parent_run_id text,
  parent_step_id text,
  replay_of text,
  output json,
  error json,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  unique (function_id, trigger_key)
);
create index if not exists runs_function on runs (function_id, id);
create index if not exists runs_status on runs (status, id);
create index if not exists runs_events on runs using gin (event_ids);

create sequence if not exists completions;
create table if not exists steps (
  run_id text not null references runs (id) on delete cascade,
  id text not null,
  op text not null,
  name text not null,
  status text not null check (status in ('pending', 'retrying', 'completed', 'failed', 'cancelled')),
  -- whether its end alone asks the function what is next, or the end of all its siblings
  eager boolean not null default false,
  wait_event text,
  wait_if text,
  due_at timestamptz,
  child_run_id text,
  data json,
  error json,
  completion bigint,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (run_id, id)
);
create index if not exists steps_waiting on steps (wait_event) where status = 'pending' and wait_event is not null;
create index if not exists steps_due on steps (due_at) where status = 'pending' and due_at is not null;

create table if not exists attempts (
  id bigint generated always as identity primary key,
  run_id text not null references runs (id) on delete cascade,
  step_id text,
  attempt integer not null,
  error json not null,
  at timestamptz not null default now()
);
create index if not exists attempts_run on attempts (run_id, id);

-- A request to make: step_id '' asks the function what is next, another one runs that planned step.
create table if not exists jobs (
  id bigint generated always as identity primary key,
  run_id text not null references runs (id) on delete cascade,
  step_id text not null default '',
  function_id text not null,
  buckets text[] not null default '{}',
  attempt integer not null default 0,
  due_at timestamptz not null default now(),
  lease text unique,
  -- a step ended while this discovery was under way: ask once more
  again boolean not null default false,
  unique (run_id, step_id)
);
create index if not exists jobs_due on jobs (due_at, id) where lease is null;

create table if not exists cancellations (
  run_id text not null references runs (id) on delete cascade,
  event text not null,
  condition text,
  expires_at timestamptz
);
create index if not exists cancellations_event on cancellations (event);
create index if not exists cancellations_run on cancellations (run_id);

create table if not exists batches (
  function_id text not null,
  key text not null,
  event_ids text[] not null,
  due_at timestamptz not null,
  primary key (function_id, key)
);

create table if not exists idempotency (
  function_id text not null,
  key text not null,
  expires_at timestamptz not null,
  primary key (function_id, key)
);

create table if not exists ticks (
  function_id text not null,
  cron text not null,
  next_at timestamptz not null,
  primary key (function_id, cron)
);

-- The one executor that may work on this schema; a newer one takes over by writing its token.
create table if not exists owner (
  singular boolean primary key default true check (singular),
  token text not null,
  since timestamptz not null default now()
);
commit;
`;

/**
 * Opens the executor's connections and creates its tables where they are absent.
 * @param schema a plain identifier; everything of the executor lives in it
 * @throws Error when the name is not a plain identifier, or PostgreSQL refuses
 */
export async function openDatabase(databaseUrl: string, schema: string, log: (line: string) => void): Promise<Sql> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new Error(
      `The schema name "${schema}" is not a plain lower-case identifier. Choose one such as devstack_inngest.`,
    );
  }
  const sql = connect(databaseUrl, schema, (error) => log(`a connection to PostgreSQL broke: ${error.message}`));
  try {
    await sql.script(TABLES(schema));
  } catch (error) {
    await sql.end();
    throw error;
  }
  return sql;
}
