import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import postgres from "postgres";
import { freePort } from "../ports.ts";
import { isAlive, waitUntilGone } from "../process/alive.ts";
import type { Log, RunningService } from "../service.ts";
import { binariesIn, type PostgresBinaries, postgresBinaries } from "./binaries.ts";
import { canReach, outsideFolder, reachableCopy } from "./reachable.ts";
import { prepareCluster } from "./cluster.ts";
import { postgresUser, type SystemUser } from "./system-user.ts";

const run = promisify(execFile);

/** No more than it needs: PG… variables of the caller must not move the cluster. */
const BARE_ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv;

/** How long a cluster may take to answer after its process began, in ms. A crashed one replays its log first. */
const READY_TIMEOUT_MS = 60_000;

export interface PostgresOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Folder of the cluster; made on the first start, kept afterwards. */
  readonly dataDir: string;
  readonly log: Log;
  /**
   * False trades crash safety for speed; for tests that throw the cluster away. `"process"` keeps what was committed when the
   * server is killed, though not when the machine is. Default true.
   */
  readonly durable?: boolean | "process";
  /** Memory that pages are kept in; default 64 MB, which is little on purpose: many clusters share a developer's machine. */
  readonly sharedBuffersMb?: number;
  /** Further settings of the server, by name: an archive of its log, or whom it follows. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told the id of the process as soon as there is one, so that someone can end it should we die. */
  readonly onSpawn?: (pid: number) => void;
}

export interface RunningPostgres extends RunningService {
  readonly pid: number;
  /** Connection string of a database as `postgres`, the role that migrations and services use. */
  databaseUrl(database?: string): string;
  /** Resolves when the process has ended, whether asked to or not. */
  readonly exited: Promise<void>;
}

/**
 * Starts PostgreSQL 17 on 127.0.0.1. As root it runs under the account `postgres`; where that account
 * cannot reach the project's folder, programs and data go under /var/tmp, and the log says so.
 * @throws Error when it does not start; the message holds the end of PostgreSQL's own log.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { log } = options;
  const user = await postgresUser(log);
  const { binaries, dataDir } = await reachablePlaces(options.dataDir, user, log);
  const password = await passwordFor(options.dataDir);
  const isNew = !existsSync(path.join(dataDir, "PG_VERSION"));
  if (isNew) await initialise(binaries, dataDir, password, user, log);
  else await endLeftover(dataDir, log);

  const port = options.port === 0 ? await freePort() : options.port;
  const tail: string[] = [];
  const child = spawn(binaries.postgres, ["-D", dataDir, ...settings(port, options)], {
    detached: true, // A process group of its own: Ctrl-C reaches us alone, and the guardian can end the whole group.
    stdio: ["ignore", "pipe", "pipe"],
    env: BARE_ENVIRONMENT,
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      tail.push(line);
      if (tail.length > 20) tail.shift();
      log(line);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      tail.push(String(error));
      resolve();
    });
  });
  if (child.pid !== undefined) options.onSpawn?.(child.pid);

  const admin = `postgres://supabase_admin:${password}@127.0.0.1:${port}`;
  const close = () => stop(child, exited);
  try {
    await ready(`${admin}/template1`, exited, tail);
    await prepareCluster(`${admin}/template1`, password);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: `postgres://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    databaseUrl: (database = "postgres") => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    exited,
    close,
  };
}

async function reachablePlaces(
  wanted: string,
  user: SystemUser | null,
  log: Log,
): Promise<{ binaries: PostgresBinaries; dataDir: string }> {
  const binaries = await postgresBinaries();
  if (!user) return { binaries, dataDir: wanted };
  const dataDir = (await canReach(user, wanted)) ? wanted : path.join(await outsideFolder(wanted, "postgres"), "data");
  if (dataDir !== wanted) {
    await mkdir(path.dirname(wanted), { recursive: true });
    await writeFile(locationFile(wanted), dataDir);
    log(`the account ${user.name} cannot reach ${wanted}, so the cluster lies in ${dataDir}`);
  }
  if (await canReach(user, binaries.postgres)) return { binaries, dataDir };
  const copy = await reachableCopy(binaries.root, "17.10.0-beta.17");
  log(`the account ${user.name} cannot reach ${binaries.root}, so PostgreSQL runs from a copy in ${copy}`);
  return { binaries: binariesIn(copy), dataDir };
}

const locationFile = (dataDir: string) => `${dataDir}.location`;
const passwordFile = (dataDir: string) => `${dataDir}.password`;

/** Where the cluster of a data folder really lies. */
export async function clusterFolder(dataDir: string): Promise<string> {
  return (await readFile(locationFile(dataDir), "utf8").catch(() => null)) ?? dataDir;
}

/** Wipes a cluster that is not running, wherever it lies. */
export async function removeCluster(dataDir: string): Promise<void> {
  const elsewhere = await readFile(locationFile(dataDir), "utf8").catch(() => null);
  const folders = elsewhere === null ? [dataDir] : [dataDir, path.dirname(elsewhere)];
  for (const target of [...folders, locationFile(dataDir), passwordFile(dataDir)])
    await rm(target, { recursive: true, force: true });
}

async function passwordFor(dataDir: string): Promise<string> {
  const file = passwordFile(dataDir);
  const known = await readFile(file, "utf8").catch(() => null);
  if (known) return known;
  const fresh = randomBytes(18).toString("hex");
  await mkdir(path.dirname(dataDir), { recursive: true });
  await writeFile(file, fresh, { mode: 0o600 });
  return fresh;
}

async function initialise(
  binaries: PostgresBinaries,
  dataDir: string,
  password: string,
  user: SystemUser | null,
  log: Log,
): Promise<void> {
  await rm(dataDir, { recursive: true, force: true }); // What an interrupted initdb left behind.
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o700);
  if (user) await chown(dataDir, user.uid, user.gid);
  const secret = path.join(dataDir, "..", `.initdb-${process.pid}-${randomBytes(4).toString("hex")}`);
  await writeFile(secret, `${password}\n`, { mode: 0o600 });
  if (user) await chown(secret, user.uid, user.gid);
  try {
    const { stdout } = await run(
      binaries.initdb,
      [
        `--pgdata=${dataDir}`,
        "--username=supabase_admin",
        `--pwfile=${secret}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
      ],
      { env: BARE_ENVIRONMENT, cwd: path.parse(dataDir).root, ...(user ? { uid: user.uid, gid: user.gid } : {}) },
    );
    for (const line of stdout.split("\n")) if (line) log(line);
  } finally {
    await rm(secret, { force: true });
  }
}

/** Ends a server that a killed supervisor left on this very folder, so that its port and lock are free. */
async function endLeftover(dataDir: string, log: Log): Promise<void> {
  const first = await readFile(path.join(dataDir, "postmaster.pid"), "utf8").then(
    (text) => text.split("\n")[0],
    () => undefined,
  );
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
  // The number may belong to another program by now; where /proc is missing PostgreSQL's own check decides.
  if (command === null || !command.includes(dataDir)) return;
  log(`ending the PostgreSQL (pid ${pid}) that an earlier run left on ${dataDir}`);
  process.kill(pid, "SIGINT");
  await waitUntilGone(pid, 15_000);
}

function settings(
  port: number,
  {
    durable = true,
    sharedBuffersMb = 64,
    settings: further = {},
  }: Pick<PostgresOptions, "durable" | "sharedBuffersMb" | "settings">,
): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: `${sharedBuffersMb}MB`,
    timezone: "UTC",
    log_timezone: "UTC",
    password_encryption: "scram-sha-256",
    shared_preload_libraries: "pg_stat_statements",
    jit: "off",
    // What a killed server has written is with the operating system, so only commits must wait for the write.
    ...(durable === true ? {} : { fsync: "off", full_page_writes: "off" }),
    ...(durable === false ? { synchronous_commit: "off" } : {}),
    ...further,
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function ready(url: string, exited: Promise<void>, tail: readonly string[]): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  for (;;) {
    const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      if (ended)
        throw new Error(`PostgreSQL ended before it was ready. Its last lines:\n${tail.join("\n")}`, { cause: error });
      if (Date.now() > deadline)
        throw new Error(
          `PostgreSQL did not answer within ${READY_TIMEOUT_MS / 1000} s. Its last lines:\n${tail.join("\n")}`,
          { cause: error },
        );
    } finally {
      await sql.end({ timeout: 1 });
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Fast shutdown (SIGINT: sessions are cut, the log is flushed); by force when that takes too long. */
async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exited;
  clearTimeout(timer);
}
