import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { removeCluster, startPostgres } from "../../devstack/postgres/server.ts";
import { migrate } from "../../devstack/supabase/migrate.ts";
import { startGuardian } from "./guardian.ts";
import { expectHealthyMoney } from "./healthy-money.ts";

/** Has every migration and is never connected to, so that it can be copied at any time. */
const TEMPLATE = "devmentor_template";

export interface TestCluster {
  /** Connection string of the database from which others are made; not of a migrated one. */
  readonly adminUrl: string;
  close(): Promise<void>;
}

/**
 * Starts a PostgreSQL of its own on a free port, in a folder of its own, and migrates the template database with
 * the real migrations. A run that is killed leaves nothing behind: a guardian process ends the server and removes
 * the folder.
 */
export async function startCluster(): Promise<TestCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), "devmentor-test-"));
  await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
  const guardian = startGuardian();
  guardian.folder(folder);
  const dataDir = path.join(folder, "data");
  const lines: string[] = [];
  const server = await startPostgres({
    port: 0,
    dataDir,
    durable: false,
    log: (line) => lines.push(line),
    onSpawn: guardian.group,
  });
  const close = async () => {
    await server.close();
    await removeCluster(dataDir);
    await rm(folder, { recursive: true, force: true });
    guardian.end();
  };
  try {
    await withAdmin(server.databaseUrl(), (sql) => sql.unsafe(`create database ${TEMPLATE}`));
    await migrate(server.databaseUrl(TEMPLATE));
  } catch (error) {
    await close();
    throw error;
  }
  return { adminUrl: server.databaseUrl(), close };
}

export interface TestDatabase {
  readonly url: string;
  /** As `postgres`, the role that migrations run as: not held by RLS. */
  readonly sql: postgres.Sql;
  /** Drops it. @throws Error when the money in it is not healthy, whatever the file was about */
  close(): Promise<void>;
}

/** Copies the template into a database for one test file. */
export async function cloneDatabase(adminUrl: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withAdmin(adminUrl, (sql) => sql.unsafe(`create database ${name} template ${TEMPLATE}`));
  const url = adminUrl.replace(/\/[^/]*$/, `/${name}`);
  const sql = postgres(url, { max: 4, onnotice: () => {} });
  return {
    url,
    sql,
    close: async () => {
      await sql.end({ timeout: 5 });
      try {
        await withAdmin(url, expectHealthyMoney);
      } finally {
        await withAdmin(adminUrl, (admin) => admin.unsafe(`drop database if exists ${name} with (force)`));
      }
    },
  };
}

async function withAdmin<T>(adminUrl: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
