import "server-only";
import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { log } from "@/lib/platform/telemetry/log";
import { noRoom } from "./no-room";

/** Longer than any clone and scan may take: a folder older than this has no owner, whoever has its pid now. */
const STALE_MS = 30 * 60_000;
const NAME = /^(\d+)-[0-9a-f-]{36}$/;

/** Where clones live for as long as they are read; a folder for each try, named after our process. */
export const WORKSPACE_ROOT = path.join(tmpdir(), `devmentor-git-${process.getuid?.() ?? 0}`);

/**
 * Runs `work` in a fresh folder that only we can read, and removes the folder whatever happens.
 * @throws AppError `service_unavailable` when the disk has no room for the folder; what `work` throws
 */
export async function withWorkspace<T>(work: (folder: string) => Promise<T>, root = WORKSPACE_ROOT): Promise<T> {
  const folder = path.join(root, `${process.pid}-${randomUUID()}`);
  try {
    await mkdir(/*turbopackIgnore: true*/ root, { recursive: true, mode: 0o700 });
    await requireOurs(root);
    await sweepWorkspaces(root);
    await mkdir(/*turbopackIgnore: true*/ folder, { mode: 0o700 });
  } catch (error) {
    throw /^(?:ENOSPC|EDQUOT)$/.test((error as NodeJS.ErrnoException).code ?? "") ? noRoom(error) : error;
  }
  try {
    return await work(folder);
  } finally {
    await rm(/*turbopackIgnore: true*/ folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what processes that were killed left behind. @returns how many folders. */
export async function sweepWorkspaces(root = WORKSPACE_ROOT): Promise<number> {
  let removed = 0;
  for (const name of await readdir(/*turbopackIgnore: true*/ root)) {
    const pid = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    const folder = path.join(root, name);
    if (Number.isNaN(pid) || (isAlive(pid) && !(await isOld(folder)))) continue;
    await rm(/*turbopackIgnore: true*/ folder, { recursive: true, force: true, maxRetries: 3 });
    removed += 1;
  }
  if (removed > 0) log.info({ removed }, "removed clones that killed processes left behind");
  return removed;
}

/** The temp folder is shared: somebody else's folder or link of our name is not used. */
async function requireOurs(root: string): Promise<void> {
  const found = await lstat(/*turbopackIgnore: true*/ root);
  if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid())) {
    throw new Error(`${root} is not a folder of this user; remove it`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function isOld(folder: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(/*turbopackIgnore: true*/ folder)).mtimeMs > STALE_MS;
  } catch (error) {
    // Its owner has just removed it.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
