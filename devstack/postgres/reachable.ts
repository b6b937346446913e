import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, cp, mkdir, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { SystemUser } from "./system-user.ts";

/** Where things go that `postgres` must reach when the project lies where only root may look. */
const OUTSIDE = "/var/tmp";

/** File of such a folder that says for which one it stands. */
const ORIGIN = "origin";

/** Whether `user` may walk through every folder above and into `target`. */
export async function canReach(user: SystemUser, target: string): Promise<boolean> {
  const parts = path.resolve(target).split(path.sep).filter(Boolean);
  for (let depth = 0; depth <= parts.length; depth += 1) {
    const folder = path.sep + parts.slice(0, depth).join(path.sep);
    const entry = await stat(folder).catch(() => null);
    if (!entry) return true; // Not there yet: it will be made with our own permissions.
    if (!entry.isDirectory()) continue;
    const bit = entry.uid === user.uid ? 0o100 : entry.gid === user.gid ? 0o010 : 0o001;
    if ((entry.mode & bit) === 0) return false;
  }
  return true;
}

/** A folder outside the project that stands for `origin`, the same one on every start. */
export async function outsideFolder(origin: string, purpose: string): Promise<string> {
  await access(OUTSIDE, constants.W_OK);
  const digest = createHash("sha256").update(path.resolve(origin)).digest("hex").slice(0, 16);
  const folder = path.join(OUTSIDE, `devmentor-${purpose}-${digest}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeFile(path.join(folder, ORIGIN), path.resolve(origin)); // Its name does not tell whose it is.
  return folder;
}

/** Copies PostgreSQL's programs to where `postgres` can run them; done once for each version. */
export async function reachableCopy(root: string, version: string): Promise<string> {
  const folder = path.join(await outsideFolder(root, "postgres-programs"), version);
  if (await stat(folder).catch(() => null)) return folder;
  // Copied beside and renamed, so that a start that was interrupted never leaves half a copy.
  const partial = `${folder}.partial-${process.pid}`;
  await cp(root, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, folder);
  return folder;
}
