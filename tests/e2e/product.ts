import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import type { ServiceStatus } from "../../devstack/board.ts";
import { findPeer } from "../../devstack/control.ts";
import { clusterFolder } from "../../devstack/postgres/server.ts";
import { removeState } from "../../devstack/state.ts";
import { startGuardian } from "../support/guardian.ts";
import { projectRoot } from "../support/run-tool.ts";

/** A cold build on a small machine takes minutes; this only ends what hangs. */
const START_TIMEOUT_MS = 10 * 60_000;

/** The whole product as people start it, on a state folder and ports of its own. */
export interface Product {
  readonly stateDir: string;
  /** Everything that `npm start` said so far. */
  said(): string;
  /** Resolves with the exit code of `npm start` once it has ended. */
  readonly ended: Promise<number | null>;
  status(): Promise<{ services: readonly ServiceStatus[]; env: Readonly<Record<string, string>> }>;
  /** One service of its status. @throws Error when there is none of that name */
  service(name: string): Promise<ServiceStatus>;
  /** Folder in which its PostgreSQL keeps its cluster. */
  cluster(): Promise<string>;
  /** Runs some SQL as `postgres`, over a connection of its own. */
  sql<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** `npm start` with some options, as a process; for the rest see {@link startProduct}. */
export function npmStart(stateDir: string, words: readonly string[] = [], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(projectRoot, "scripts/start.mjs"), ...words], {
    cwd: projectRoot,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    // Without the seed of campaigns, whose workflows would run beside the tests; they make what they look at.
    env: { ...process.env, DEVSTACK_STATE_DIR: stateDir, DEVSTACK_PORTS: "free", DEVSTACK_SEED: "off", ...env },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output.push(chunk.toString());
    });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  return { child, ended, said: () => output.join("") };
}

/** @throws Error with its last words when it does not start */
export async function startProduct(words: readonly string[] = [], env: Record<string, string> = {}): Promise<Product> {
  const stateDir = await mkdtemp(path.join(tmpdir(), "devmentor-e2e-"));
  await chmod(stateDir, 0o711); // The account that PostgreSQL runs under must get through.
  const guardian = startGuardian();
  guardian.folder(stateDir);
  const { child, ended, said } = npmStart(stateDir, words, env);
  if (child.pid) guardian.group(child.pid);
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await removeState(stateDir);
    guardian.end();
  };
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!said().includes("DevMentor is ready at ")) {
    if (over || Date.now() > deadline) {
      await stop();
      throw new Error(`The product did not start. Its last words:\n${said().slice(-4_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const status = async () => {
    const peer = await findPeer(stateDir);
    if (!peer) throw new Error(`No product runs on ${stateDir}. Its last words:\n${said().slice(-4_000)}`);
    return (await peer.status()) as Awaited<ReturnType<Product["status"]>>;
  };
  const service = async (name: string) => {
    const found = (await status()).services.find((each) => each.name === name);
    if (!found) throw new Error(`There is no service ${name}.`);
    return found;
  };
  return {
    stateDir,
    said,
    ended,
    status,
    service,
    cluster: () => clusterFolder(path.join(stateDir, "postgres")),
    async sql(work) {
      const password = await readFile(path.join(stateDir, "postgres.password"), "utf8");
      const { host } = new URL((await service("postgres")).url);
      const sql = postgres(`postgres://postgres:${password}@${host}/postgres`, { max: 2, onnotice: () => {} });
      try {
        return await work(sql);
      } finally {
        await sql.end({ timeout: 5 });
      }
    },
    stop,
  };
}
