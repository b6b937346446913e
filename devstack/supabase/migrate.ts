import { access, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { getAuthSchemaSql, getMigrationHistorySchemaSql, SUPABASE_AUTH_HELPERS_SQL } from "@supabase/lite";
import postgres from "postgres";

const ROOT = path.resolve(import.meta.dirname, "..", "..");
const MIGRATIONS = path.join(ROOT, "supabase", "migrations");
const REALTIME_SCHEMA = path.join(ROOT, "devstack", "realtime", "schema.sql");

/** Any number will do, as long as every migrating process asks for the same one. */
const MIGRATION_LOCK = 20_261_123;

export interface Migration {
  /** The 14 digits in front. */
  readonly version: string;
  readonly name: string;
  readonly sql: string;
}

/** The product's migrations in the order in which they apply. */
export async function readMigrations(folder = MIGRATIONS): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  return Promise.all(
    files.map(async (file) => {
      const match = /^(\d{14})_(\w+)\.sql$/.exec(file);
      if (!match?.[1] || !match[2])
        throw new Error(
          `${file} is not named <14 digits>_<name>.sql, so its place in the order is unknown. Rename it.`,
        );
      return { version: match[1], name: match[2], sql: await readFile(path.join(folder, file), "utf8") };
    }),
  );
}

/**
 * Brings a database to the state of the repository: what hosted Supabase has from the start (schemas
 * `auth` and `realtime`), then `supabase/migrations` in order, each in one transaction with the row that
 * records it. Safe to call again, and by two processes at once. A running Data API is told to look anew.
 * @returns the versions applied by this call.
 * @throws Error naming the migration at fault; everything before it stays applied.
 */
export async function migrate(databaseUrl: string, migrations?: readonly Migration[]): Promise<string[]> {
  const wanted = migrations ?? (await readMigrations());
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await layPlatform(sql);
    const applied = new Set(
      (await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`).map(
        (row) => row.version,
      ),
    );
    const fresh = wanted.filter((migration) => !applied.has(migration.version));
    for (const migration of fresh) await apply(sql, migration);
    if (fresh.length > 0) await sql`notify pgrst, 'reload schema'`;
    return fresh.map((migration) => migration.version);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function apply(sql: postgres.Sql, migration: Migration): Promise<void> {
  try {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(migration.sql);
      await transaction`
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values (${migration.version}, ${migration.name}, ${[migration.sql]})`;
    });
  } catch (cause) {
    const detail = cause instanceof postgres.PostgresError ? describe(cause, migration.sql) : String(cause);
    throw new Error(
      `Migration ${migration.version}_${migration.name} does not apply: ${detail}. The database stands at the migration before it.`,
      { cause },
    );
  }
}

function describe(error: postgres.PostgresError, source: string): string {
  const line = error.position ? ` (line ${source.slice(0, Number(error.position)).split("\n").length})` : "";
  return [error.message + line, error.detail, error.where].filter(Boolean).join("; ");
}

/** What a hosted project has before its first migration. */
async function layPlatform(sql: postgres.Sql): Promise<void> {
  const [there] = await sql<{ auth: string | null; history: string | null }[]>`
    select to_regclass('auth.audit_log_entries')::text as auth,
           to_regclass('supabase_migrations.seed_files')::text as history`;
  if (!there?.auth) await sql.unsafe(getAuthSchemaSql());
  if (!there?.history) for (const statement of inOrder(getMigrationHistorySchemaSql("pg"))) await sql.unsafe(statement);
  await sql.begin(async (transaction) => {
    await transaction.unsafe(SUPABASE_AUTH_HELPERS_SQL);
    await transaction.unsafe("grant usage on schema auth to anon, authenticated, service_role");
  });
  if (await exists(REALTIME_SCHEMA)) await sql.unsafe(await readFile(REALTIME_SCHEMA, "utf8"));
}

/** lite prints the index before the table that it is on. */
function inOrder(script: string): string[] {
  const statements = script
    .split(";")
    .map((statement) => statement.trim())
    .filter(Boolean);
  return statements.sort((a, b) => Number(a.startsWith("CREATE UNIQUE")) - Number(b.startsWith("CREATE UNIQUE")));
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
