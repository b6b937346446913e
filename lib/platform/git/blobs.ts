import "server-only";
import { startGit, write, type RunningGit } from "./process";

const TIMEOUT_MS = 90_000;

export interface BlobLimits {
  /** A larger blob is not read. */
  readonly maxBlobBytes: number;
  /** Reading stops once this many bytes were read in all. */
  readonly maxTotalBytes: number;
}

/** What became of one object: its content, or why there is none. */
export type BlobAnswer =
  | { readonly kind: "content"; readonly content: Buffer }
  | { readonly kind: "too_large"; readonly bytes: number | null }
  | { readonly kind: "over_budget" };

/**
 * Reads objects in the order given, one at a time, and hands each to `onBlob` by its index. A blob
 * that the filtered clone left out is `too_large` with an unknown size. The content is only good until
 * `onBlob` is done with it: git is held up until its promise has settled, and `"stop"` ends the reading.
 * @throws GitError, and what `onBlob` throws
 */
export async function readBlobs(
  gitDir: string,
  objectIds: readonly string[],
  limits: BlobLimits,
  onBlob: (index: number, answer: BlobAnswer) => unknown,
): Promise<void> {
  const sizes = await blobSizes(gitDir, objectIds);
  const wanted: number[] = [];
  let total = 0;
  for (const [index, size] of sizes.entries()) {
    if (size === null || size > limits.maxBlobBytes) await onBlob(index, { kind: "too_large", bytes: size });
    else if (total + size > limits.maxTotalBytes) await onBlob(index, { kind: "over_budget" });
    else {
      total += size;
      wanted.push(index);
    }
  }
  if (wanted.length === 0) return;
  const git = startGit({ args: [`--git-dir=${gitDir}`, "cat-file", "--batch", "--buffer"], timeoutMs: TIMEOUT_MS });
  const feeding = feed(
    git,
    wanted.map((index) => objectIds[index] ?? ""),
  );
  let next = 0;
  try {
    for await (const content of batchContents(git)) {
      const index = wanted[next];
      next += 1;
      if (index !== undefined && (await onBlob(index, { kind: "content", content })) === "stop") break;
    }
  } finally {
    if (next < wanted.length) git.stop();
  }
  await Promise.all([feeding, git.done]);
}

/** Sizes in bytes; null for an object that is not here. */
async function blobSizes(gitDir: string, objectIds: readonly string[]): Promise<(number | null)[]> {
  const git = startGit({
    args: [`--git-dir=${gitDir}`, "cat-file", "--batch-check=%(objecttype) %(objectsize)", "--buffer"],
    timeoutMs: TIMEOUT_MS,
  });
  const feeding = feed(git, objectIds);
  let text = "";
  for await (const chunk of git.stdout as AsyncIterable<Buffer>) text += chunk.toString("latin1");
  await Promise.all([feeding, git.done]);
  const lines = text.split("\n");
  return objectIds.map((_, index) => {
    const [type, size] = lines[index]?.split(" ") ?? [];
    return type === "blob" && size !== undefined ? Number(size) : null;
  });
}

async function feed(git: RunningGit, objectIds: readonly string[]): Promise<void> {
  for (let start = 0; start < objectIds.length; start += 1_000) {
    await write(
      git.stdin,
      objectIds
        .slice(start, start + 1_000)
        .map((id) => `${id}\n`)
        .join(""),
    );
  }
  git.stdin.end();
}

/** Cuts `<id> SP blob SP <size> LF <content> LF` apart; every object asked for here is known to exist. */
async function* batchContents(git: RunningGit): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let held = 0;
  let need = 0;
  for await (const chunk of git.stdout as AsyncIterable<Buffer>) {
    pieces.push(chunk);
    held += chunk.length;
    if (held < need) continue;
    let data = pieces.length === 1 ? chunk : Buffer.concat(pieces);
    for (;;) {
      const newline = data.indexOf(10);
      if (newline === -1) {
        need = 0;
        break;
      }
      const size = Number(data.subarray(0, newline).toString("latin1").split(" ")[2]);
      if (!Number.isSafeInteger(size)) throw new Error("git cat-file answered out of turn");
      need = newline + 1 + size + 1;
      if (data.length < need) break;
      yield data.subarray(newline + 1, newline + 1 + size);
      data = data.subarray(need);
    }
    pieces = [data];
    held = data.length;
  }
}
