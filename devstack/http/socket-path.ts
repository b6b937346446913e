import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Longest path that a Unix socket may have everywhere (macOS: 103 bytes). */
const LONGEST = 103;

/**
 * A place for a Unix socket that only this user can open: in `folder`, where a killed run's is found and
 * replaced, or in a temporary one when that path would be too long.
 */
export async function privateSocket(folder: string, name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const wanted = path.join(folder, name);
  if (Buffer.byteLength(wanted) <= LONGEST) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rm(wanted, { force: true });
    return { path: wanted, remove: () => rm(wanted, { force: true }) };
  }
  const short = await mkdtemp(path.join(tmpdir(), "devmentor-"));
  return { path: path.join(short, name), remove: () => rm(short, { recursive: true, force: true }) };
}
