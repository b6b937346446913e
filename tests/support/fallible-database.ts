import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll } from "vitest";
import { freePort } from "../../devstack/ports.ts";
import { removeCluster, type RunningPostgres, startPostgres } from "../../devstack/postgres/server.ts";
import type { RunningService } from "../../devstack/service.ts";
import { migrate } from "../../devstack/supabase/migrate.ts";
import { startSupabase } from "../../devstack/supabase/server.ts";
import { TEST_APP_URL } from "./supabase.ts";

export interface FallibleDatabase {
  /** What the product needs to reach it, for `useProductEnv`'s `further`. */
  env(): { SUPABASE_URL: string; SUPABASE_PUBLISHABLE_KEY: string; SUPABASE_SECRET_KEY: string };
  /** Stops PostgreSQL and leaves Supabase standing, as an outage does. */
  stop(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Asks it as its owner, over a connection of its own, because the database comes and goes. */
  ask<T>(question: (sql: postgres.Sql) => Promise<T>): Promise<T>;
}

const log = () => {};

/**
 * A cluster of the file's own with the migrations and Supabase in front, that can be stopped and started. Call at the top
 * level. `prepare` runs once it is there, `check` before it goes.
 */
export function useFallibleDatabase(hooks: {
  readonly prepare?: (database: FallibleDatabase) => Promise<void>;
  readonly check?: (database: FallibleDatabase) => Promise<void>;
}): FallibleDatabase {
  const keys = {
    publishableKey: `sb_publishable_${randomBytes(16).toString("hex")}`,
    secretKey: `sb_secret_${randomBytes(16).toString("hex")}`,
    jwtSecret: randomBytes(32).toString("hex"),
  };
  let folder: string;
  let port: number;
  let running: RunningPostgres;
  let supabase: RunningService;
  const database: FallibleDatabase = {
    env: () => ({
      SUPABASE_URL: supabase.url,
      SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
      SUPABASE_SECRET_KEY: keys.secretKey,
    }),
    stop: () => running.close(),
    start: async () => {
      running = await startPostgres({ port, dataDir: path.join(folder, "data"), log, durable: false });
    },
    ask: async (question) => {
      const sql = postgres(running.databaseUrl(), { max: 1, onnotice: () => undefined });
      try {
        return await question(sql);
      } finally {
        await sql.end();
      }
    },
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "devmentor-outage-"));
    await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
    port = await freePort();
    await database.start();
    await migrate(running.databaseUrl());
    supabase = await startSupabase({
      port: 0,
      databaseUrl: running.databaseUrl(),
      ...keys,
      siteUrl: TEST_APP_URL,
      github: null,
      log,
      poolSize: 4,
    });
    await hooks.prepare?.(database);
  });
  afterAll(async () => {
    await hooks.check?.(database);
    await supabase.close();
    await running.close();
    await removeCluster(path.join(folder, "data"));
    await rm(folder, { recursive: true, force: true });
  });
  return database;
}
