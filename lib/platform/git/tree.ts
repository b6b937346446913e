import "server-only";
import { startGit } from "./process";

const TIMEOUT_MS = 60_000;
/** Longer paths are refused by most file systems; one that long is an attack on our memory. */
const MAX_RECORD_BYTES = 8_192;

export interface TreeEntry {
  readonly kind: "file" | "symlink" | "submodule";
  readonly objectId: string;
  readonly path: string;
}

export interface Tree {
  readonly entries: readonly TreeEntry[];
  /** True when there were more files than `maxFiles`, or a path no file system could hold. */
  readonly truncated: boolean;
}

/**
 * Lists a commit's files, without checking anything out. Stops at `maxFiles`: a pack of 220 kB can
 * name a hundred million.
 * @throws GitError
 */
export async function listTree(gitDir: string, commit: string, maxFiles: number): Promise<Tree> {
  const git = startGit({
    args: [`--git-dir=${gitDir}`, "ls-tree", "-r", "-z", "--full-tree", commit],
    timeoutMs: TIMEOUT_MS,
  });
  git.stdin.end();
  const entries: TreeEntry[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let truncated = false;
  reading: for await (const chunk of git.stdout as AsyncIterable<Buffer>) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = data.indexOf(0, start); end !== -1; end = data.indexOf(0, start)) {
      if (entries.length >= maxFiles) {
        truncated = true;
        break reading;
      }
      const entry = parseEntry(data.subarray(start, end));
      if (entry) entries.push(entry);
      start = end + 1;
    }
    rest = data.subarray(start);
    if (rest.length > MAX_RECORD_BYTES) {
      truncated = true;
      break;
    }
  }
  if (truncated) git.stop();
  await git.done;
  return { entries, truncated };
}

/** `<mode> SP <type> SP <object> TAB <path>`; bytes that are no UTF-8 become U+FFFD, good enough to show. */
function parseEntry(record: Buffer): TreeEntry | null {
  const tab = record.indexOf(9);
  if (tab === -1) return null;
  const [mode, type, objectId] = record.subarray(0, tab).toString("latin1").split(" ");
  if (!mode || !objectId) return null;
  const kind = type === "commit" ? "submodule" : mode === "120000" ? "symlink" : "file";
  return { kind, objectId, path: record.subarray(tab + 1).toString("utf8") };
}
