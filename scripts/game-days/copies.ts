import { execFile } from "node:child_process";
import { chown, copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { clusterFolder, type RunningPostgres } from "../../devstack/postgres/server.ts";
import { until } from "./stack.ts";

const run = promisify(execFile);
const quiet = (): void => undefined;

/** What belongs to the running server alone, and must not be in a copy. */
const NOT_COPIED = ["postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot"];

/** A connection as the cluster's owner: backups and promotions are not for the product's role. */
export function ownerOf(server: RunningPostgres, database = "postgres"): postgres.Sql {
  const url = new URL(server.databaseUrl(database));
  url.username = "supabase_admin";
  return postgres(url.href, { max: 1, onnotice: quiet });
}

/** The connection string by which another server follows this one. */
export function followedBy(server: RunningPostgres, name: string): string {
  const { username, password, hostname, port } = new URL(server.databaseUrl());
  return `host=${hostname} port=${port} user=${username} password=${password} application_name=${name}`;
}

/**
 * A base backup of a running server into a new folder, with writers at work. It is PostgreSQL's low-level way (`pg_backup_start`,
 * copy, `pg_backup_stop`), which needs no program of the server's own major version; `pg_basebackup` does the same.
 */
export async function baseBackup(server: RunningPostgres, dataDir: string, target: string): Promise<void> {
  const source = await clusterFolder(dataDir);
  const sql = ownerOf(server);
  try {
    await sql`select pg_backup_start('game day', true)`;
    const exclude = NOT_COPIED.map((name) => `--exclude=./${name}`);
    await mkdir(target, { recursive: true });
    // A file that vanishes or grows meanwhile is mended by the log; tar says so with 1.
    await run(
      "sh",
      [
        "-c",
        'cd "$1" && shift && { tar cf - "$@" . || [ $? = 1 ]; } | tar xpf - -C "$TARGET"',
        "sh",
        source,
        ...exclude,
      ],
      { env: { ...process.env, TARGET: target } },
    );
    const [label] = await sql<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`;
    for (const folder of ["pg_wal", "pg_wal/archive_status", "pg_replslot"]) await mkdir(path.join(target, folder));
    await writeFile(path.join(target, "backup_label"), label?.labelfile ?? "");
    // The password of the roles is in the copy; this is how our own start knows it.
    await copyFile(`${dataDir}.password`, `${target}.password`);
    const owner = await stat(path.join(source, "PG_VERSION"));
    for (const name of [".", "pg_wal", "pg_wal/archive_status", "pg_replslot", "backup_label"])
      await chown(path.join(target, name), owner.uid, owner.gid);
    await run("chmod", ["700", target]);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Tells a copy what to be when it starts: a server that follows another, or one that replays an archive. */
export async function markAs(target: string, what: "standby" | "recovery"): Promise<void> {
  const file = path.join(target, `${what}.signal`);
  await writeFile(file, "");
  const owner = await stat(path.join(target, "PG_VERSION"));
  await chown(file, owner.uid, owner.gid);
}

/** Waits until a server takes writes. */
export async function writable(server: RunningPostgres): Promise<void> {
  const sql = ownerOf(server);
  try {
    await until("the database takes writes", async () => {
      const [row] = await sql<{ recovering: boolean }[]>`select pg_is_in_recovery() as recovering`;
      return row?.recovering === false;
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Ends a server and all its sessions at once, as a machine that dies does. */
export async function killPostgres(server: RunningPostgres): Promise<void> {
  process.kill(-server.pid, "SIGKILL");
  await server.exited;
}

/** How large a folder is, in MB. */
export async function megabytes(folder: string): Promise<number> {
  const { stdout } = await run("du", ["-sm", folder]);
  return Number(stdout.split("\t")[0]);
}
