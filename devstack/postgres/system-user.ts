import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Log } from "../service.ts";

const run = promisify(execFile);

/** The account PostgreSQL runs as when the caller is root, which it refuses to be. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

async function lookUp(name: string): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { name, uid: Number(uid.stdout.trim()), gid: Number(gid.stdout.trim()) };
  } catch {
    // `id` answers 1 for a name that does not exist, which is an answer and not a fault.
    return null;
  }
}

/**
 * Whom to run PostgreSQL as: nobody else (null) for an ordinary user; for root the account
 * `postgres`, made when it is missing, and `nobody` where accounts cannot be made.
 * @throws Error when root has no account at all to switch to.
 */
export async function postgresUser(log: Log): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const existing = await lookUp("postgres");
  if (existing) return existing;
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"]);
    log("made the system account `postgres`, because PostgreSQL refuses to run as root");
  } catch (error) {
    log(`could not make the system account \`postgres\` (${String(error)}); using \`nobody\``);
  }
  const user = (await lookUp("postgres")) ?? (await lookUp("nobody"));
  if (user) return user;
  throw new Error(
    "PostgreSQL refuses to run as root, and this machine has neither an account `postgres` nor `nobody`. " +
      "Make one (`useradd --system postgres`) or start as an ordinary user.",
  );
}
