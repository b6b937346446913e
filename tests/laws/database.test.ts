import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate, readMigrations } from "../../devstack/supabase/migrate.ts";
import { renderDatabaseTypes } from "../../scripts/database-types.ts";
import { cloneDatabase, startCluster, type TestCluster, type TestDatabase } from "../support/cluster.ts";
import { projectRoot } from "../support/run-tool.ts";

const started: { cluster?: TestCluster; database?: TestDatabase } = {};

beforeAll(async () => {
  started.cluster = await startCluster(); // Applies every migration to an empty database, in order.
  started.database = await cloneDatabase(started.cluster.adminUrl);
});

afterAll(async () => {
  await started.database?.close();
  await started.cluster?.close();
});

function database(): TestDatabase {
  if (!started.database) throw new Error("the database is not up");
  return started.database;
}

describe("migrations", () => {
  test("are named so that their order is certain", () => {
    const files = readdirSync(path.join(projectRoot, "supabase/migrations"));
    expect(files.filter((file) => !/^\d{14}_[a-z][a-z0-9_]*\.sql$/.test(file))).toEqual([]);
    expect(new Set(files.map((file) => file.slice(0, 14))).size).toBe(files.length);
  });

  test("apply from nothing, each recorded once", async () => {
    const migrations = await readMigrations();
    expect(migrations.length).toBeGreaterThan(0);
    const recorded = await database().sql<{ version: string }[]>`
      select version from supabase_migrations.schema_migrations order by version`;
    expect(recorded.map(({ version }) => version)).toEqual(migrations.map(({ version }) => version));
  });

  test("change nothing when they are applied again", async () => {
    expect(await migrate(database().url)).toEqual([]);
  });

  test("a migration that fails leaves the database at the one before", async () => {
    const broken = { version: "99991231235959", name: "broken", sql: "create table public.half (id int); select 1/0;" };
    await expect(migrate(database().url, [...(await readMigrations()), broken])).rejects.toThrow(
      "99991231235959_broken does not apply: division by zero",
    );
    const sql = postgres(database().url, { max: 1 });
    try {
      const [row] = await sql<{ half: string | null }[]>`select to_regclass('public.half')::text as half`;
      expect(row?.half).toBeNull();
    } finally {
      await sql.end();
    }
  });
});

describe("generated types", () => {
  const committed = () => readFileSync(path.join(projectRoot, "lib/platform/supabase/database.types.ts"), "utf8");

  test("are those of the migrations (npm run generate)", async () => {
    expect(await renderDatabaseTypes(database().url)).toBe(committed());
  });

  test("would differ if a table did", async () => {
    await database().sql`alter table public.profiles add column planted integer`;
    expect(await renderDatabaseTypes(database().url)).not.toBe(committed());
  });
});
