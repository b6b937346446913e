import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/**
 * The emulator's memory: one SQLite file of its own. Not the stack's PostgreSQL, because a payment provider does not
 * go down, forget or travel back in time together with the database of the shop.
 * `objects.body` is what the API shows; `hidden` is what only the emulator knows (how a card behaves, which money is
 * still to move). The other columns repeat what lists filter by.
 */
const TABLES = `
create table if not exists objects (
  seq integer primary key,
  id text not null unique,
  type text not null,
  created integer not null,
  body text not null,
  hidden text not null default '{}',
  intent text,
  charge text,
  source text,
  payout text,
  kind text,
  currency text,
  status text
) strict;
create index if not exists objects_type on objects (type, seq);
create index if not exists objects_intent on objects (type, intent, seq) where intent is not null;
create index if not exists objects_charge on objects (type, charge, seq) where charge is not null;
create index if not exists objects_source on objects (type, source, seq) where source is not null;
create index if not exists objects_payout on objects (type, payout, seq) where payout is not null;
create index if not exists objects_kind on objects (type, kind, seq) where kind is not null;
create table if not exists metadata (
  id text not null,
  key text not null,
  value text not null,
  primary key (key, value, id)
) strict, without rowid;
create index if not exists metadata_id on metadata (id);
create table if not exists idempotency_keys (
  key text primary key,
  fingerprint text not null,
  status integer not null,
  body text not null,
  request_id text not null,
  created_at integer not null
) strict, without rowid;
create table if not exists timers (
  id integer primary key,
  due_at integer not null,
  kind text not null,
  subject text not null
) strict;
create index if not exists timers_due on timers (due_at, id);
create table if not exists endpoints (
  id text primary key,
  url text not null,
  secrets text not null,
  events text not null,
  enabled integer not null default 1
) strict;
create table if not exists deliveries (
  id integer primary key,
  event_id text not null,
  endpoint_id text not null,
  state text not null check (state in ('pending', 'delivered', 'failed', 'dropped')),
  due_at integer not null,
  first_at integer not null,
  attempts integer not null default 0,
  last_status integer,
  last_error text,
  skew_ms integer not null default 0
) strict;
create index if not exists deliveries_due on deliveries (state, due_at, id);
create index if not exists deliveries_event on deliveries (event_id);
create table if not exists faults (
  id text primary key,
  rule text not null
) strict;
create table if not exists settings (
  name text primary key,
  value text not null
) strict, without rowid;
`;

/** Queries of one SQLite file, each prepared once; transactions are serial, as the whole emulator is. */
export class Database {
  readonly #file: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  /** @param file path of the database, made with its folder when missing; ":memory:" keeps nothing */
  constructor(file: string) {
    if (file !== ":memory:") mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.#file = new DatabaseSync(file);
    // Committed work outlives the death of the process; a power cut may cost the last moments.
    this.#file.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000;");
    this.#file.exec(TABLES);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#file.prepare(sql)));
    return statement;
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  first<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  /** @returns how many rows changed */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** Runs `work` whole or not at all; one inside another is part of it. */
  transaction<Result>(work: () => Result): Result {
    if (this.#depth > 0) return work();
    this.#file.exec("begin immediate");
    this.#depth = 1;
    try {
      const result = work();
      this.#file.exec("commit");
      return result;
    } catch (error) {
      this.#file.exec("rollback");
      throw error;
    } finally {
      this.#depth = 0;
    }
  }

  /** A setting by name, or what it is when nobody set it. */
  setting<Value>(name: string, otherwise: Value): Value {
    const row = this.first<{ value: string }>("select value from settings where name = ?", name);
    return row ? (JSON.parse(row.value) as Value) : otherwise;
  }

  set(name: string, value: unknown): void {
    this.run(
      "insert into settings (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
      name,
      JSON.stringify(value),
    );
  }

  /** Forgets everything but the endpoints. */
  wipe(): void {
    this.transaction(() => {
      for (const table of ["objects", "metadata", "idempotency_keys", "timers", "deliveries", "faults", "settings"])
        this.#file.exec(`delete from ${table}`);
    });
  }

  close(): void {
    this.#statements.clear();
    if (this.#file.isOpen) this.#file.close();
  }
}
