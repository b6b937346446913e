import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface GitCount {
  readonly commit: string;
  /** Every file of the commit. */
  readonly files: number;
  /** Files and lines by the ending of the name, such as `.ts`; a name without one is its own ending. */
  readonly byEnding: ReadonlyMap<string, { readonly files: number; readonly lines: number }>;
}

/** Counts a repository with git alone, by another way than the product's: clone, `ls-tree`, and each blob's lines. */
export async function countWithGit(url: string): Promise<GitCount> {
  const folder = await mkdtemp(path.join(tmpdir(), "devmentor-count-"));
  try {
    await run("git", ["clone", "--quiet", "--bare", url, folder]);
    const git = async (...args: string[]) =>
      (await run("git", ["--git-dir", folder, ...args], { maxBuffer: 64 * 1024 * 1024, encoding: "buffer" })).stdout;
    const commit = (await git("rev-parse", "HEAD")).toString().trim();
    const names = (await git("ls-tree", "-r", "-z", "--name-only", commit)).toString().split("\0").filter(Boolean);
    const byEnding = new Map<string, { files: number; lines: number }>();
    for (const name of names) {
      const text = (await git("cat-file", "blob", `${commit}:${name}`)).toString("latin1");
      const lines = text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
      const ending = path.extname(name) || path.basename(name);
      const sum = byEnding.get(ending) ?? { files: 0, lines: 0 };
      byEnding.set(ending, { files: sum.files + 1, lines: sum.lines + lines });
    }
    return { commit, files: names.length, byEnding };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
