import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { freePort } from "../../devstack/ports.ts";
import { removeCluster, startPostgres, type RunningPostgres } from "../../devstack/postgres/server.ts";
import { migrate } from "../../devstack/supabase/migrate.ts";
import { startGuardian } from "../support/guardian.ts";
import { plantInDatabase } from "./mutants.ts";
import type { Mutant } from "./planted/mutant.ts";
import { setScene, type Scene } from "./scene.ts";
import { layVirtualTime } from "./virtual-time.ts";

const TEMPLATE = "simulation_template";
const PLANTED = "simulation_planted";
const log = (): void => undefined;

export interface Cluster {
  /** What stands in each copy. */
  readonly scene: Scene;
  /** Plants a bug in what is copied from here on, or none any more. */
  plant(mutant: Mutant | null): Promise<void>;
  /** A copy of the migrated database, with the bug that is planted. */
  clone(): Promise<string>;
  drop(databaseUrl: string): Promise<void>;
  /** `pg_ctl restart -m immediate`: every backend is cut off in the middle, and the log is replayed at the start. */
  restartImmediately(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The PostgreSQL of a worker, with one template for all of its seeds. Workers share none, because a seed restarts it. What was
 * committed is kept when the server is killed, as in production; only a machine that loses its power would lose it.
 */
export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(path.join(tmpdir(), "devmentor-simulation-"));
  await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
  const guardian = startGuardian();
  guardian.folder(folder);
  const dataDir = path.join(folder, "data");
  const port = await freePort();
  const start = () => startPostgres({ port, dataDir, durable: "process", log, onSpawn: guardian.group });
  let server: RunningPostgres = await start();
  const admin = async <T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
    const sql = postgres(server.databaseUrl(), { max: 1, onnotice: () => {} });
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 5 });
    }
  };
  const close = async () => {
    await server.close();
    await removeCluster(dataDir);
    await rm(folder, { recursive: true, force: true });
    guardian.end();
  };
  let scene: Scene;
  try {
    await admin((sql) => sql.unsafe(`create database ${TEMPLATE}`));
    await migrate(server.databaseUrl(TEMPLATE));
    await layVirtualTime(server.databaseUrl(TEMPLATE));
    scene = await setScene(server.databaseUrl(TEMPLATE));
  } catch (error) {
    await close();
    throw error;
  }
  let copied = TEMPLATE;
  const nameOf = (url: string): string => new URL(url).pathname.slice(1);
  return {
    scene,
    plant: async (mutant) => {
      copied = TEMPLATE;
      await admin((sql) => sql.unsafe(`drop database if exists ${PLANTED}`));
      if (!mutant) return;
      await admin((sql) => sql.unsafe(`create database ${PLANTED} template ${TEMPLATE}`));
      await plantInDatabase(server.databaseUrl(PLANTED), mutant);
      copied = PLANTED;
    },
    clone: async () => {
      const name = `seed_${randomBytes(6).toString("hex")}`;
      await admin((sql) => sql.unsafe(`create database ${name} template ${copied}`));
      return server.databaseUrl(name);
    },
    drop: (url) => admin(async (sql) => void (await sql.unsafe(`drop database if exists ${nameOf(url)} with (force)`))),
    restartImmediately: async () => {
      process.kill(server.pid, "SIGQUIT");
      await server.exited;
      server = await start();
    },
    close,
  };
}
