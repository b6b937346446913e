import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readBlobs, type BlobAnswer } from "@/lib/platform/git/blobs";
import { cloneBare, resolveRemoteCommit } from "@/lib/platform/git/clone";
import { checkOrigin } from "@/lib/platform/git/origin";
import { runGit, startGit } from "@/lib/platform/git/process";
import { listTree } from "@/lib/platform/git/tree";
import { sweepWorkspaces, withWorkspace } from "@/lib/platform/git/workspace";
import { startGitHost, type GitHost } from "./git-host";

let host: GitHost;
let root: string;

beforeAll(async () => {
  host = await startGitHost();
  root = mkdtempSync(path.join(tmpdir(), "devmentor-test-work-"));
});
afterEach(() => host.misbehave(null));
afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await host.close();
});

const target = async (url: string, more: { ref?: string; token?: string } = {}) => ({
  origin: await checkOrigin(url, { allowedHosts: [], extraOrigin: host.origin }),
  ...more,
});
const LIMITS = { maxBlobBytes: 1024 * 1024, maxTotalBytes: 50 * 1024 * 1024 };

async function read(url: string, limits = LIMITS, token?: string): Promise<Map<string, BlobAnswer>> {
  return withWorkspace(async (folder) => {
    const clone = await cloneBare(folder, await target(url, token ? { token } : {}));
    const tree = await listTree(clone.gitDir, clone.commit, 1_000);
    const found = new Map<string, BlobAnswer>();
    await readBlobs(
      clone.gitDir,
      tree.entries.map((entry) => entry.objectId),
      limits,
      (index, answer) =>
        found.set(
          tree.entries[index]?.path ?? "?",
          answer.kind === "content" ? { ...answer, content: Buffer.from(answer.content) } : answer,
        ),
    );
    return found;
  }, root);
}

describe("cloning", () => {
  it("reads every file, whatever is in it, and leaves nothing behind", async () => {
    const files = {
      "a.txt": "one\ntwo\n",
      empty: "",
      'dir/ü "q"\t.bin': Buffer.from([0, 10, 255, 10, 0]),
      "nl.txt": "\n\n",
    };
    const found = await read(host.add("plain", files));
    for (const [name, content] of Object.entries(files)) {
      expect(found.get(name)).toEqual({ kind: "content", content: Buffer.from(content) });
    }
    expect(readdirSync(root)).toEqual([]);
  });

  it("leaves large files out without fetching them later, and keeps to its budget", async () => {
    const url = host.add("large", {
      "big.bin": Buffer.alloc(2 * 1024 * 1024, 97),
      a: "x".repeat(600),
      b: "y".repeat(600),
    });
    const before = host.requests.length;
    const found = await read(url, { maxBlobBytes: 1024, maxTotalBytes: 1000 });
    expect(found.get("big.bin")).toEqual({ kind: "too_large", bytes: null });
    expect(found.get("a")?.kind).toBe("content");
    expect(found.get("b")).toEqual({ kind: "over_budget" });
    const cloning = host.requests.length - before;
    await read(host.add("small", { a: "x" }));
    expect(host.requests.length - before - cloning).toBe(cloning);
  });

  it("reads many files through several chunks", async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, "z".repeat(n * 37)]));
    const found = await read(host.add("many", files));
    for (const [name, content] of Object.entries(files)) {
      expect((found.get(name) as { content: Buffer }).content.length).toBe(content.length);
    }
  });

  it("says which commit a branch and a tag are, and that a ref is not there", async () => {
    const url = host.add("refs", { a: "1" });
    const commit = host.git("refs", ["rev-parse", "main"]);
    host.git("refs", ["tag", "-a", "v1", "-m", "v1", "main"]);
    expect(await resolveRemoteCommit(await target(url))).toBe(commit);
    expect(await resolveRemoteCommit(await target(url, { ref: "main" }))).toBe(commit);
    expect(await resolveRemoteCommit(await target(url, { ref: "v1" }))).toBe(commit);
    await expect(resolveRemoteCommit(await target(url, { ref: "nope" }))).rejects.toMatchObject({
      code: "repository_not_accessible",
      message: expect.stringContaining("nope") as string,
    });
    await withWorkspace(async (folder) => {
      expect(await cloneBare(folder, await target(url, { ref: "v1" }))).toMatchObject({ commit, ref: "v1" });
    }, root);
  });

  it("says that a repository is empty or not there", async () => {
    await expect(resolveRemoteCommit(await target(host.add("void", {})))).rejects.toMatchObject({
      code: "rule_broken",
    });
    await expect(resolveRemoteCommit(await target(`${host.origin}/octo/none`))).rejects.toMatchObject({
      code: "repository_not_accessible",
    });
    await expect(
      withWorkspace(async (folder) => cloneBare(folder, await target(`${host.origin}/octo/none`)), root),
    ).rejects.toMatchObject({ code: "repository_not_accessible" });
    expect(readdirSync(root)).toEqual([]);
  });

  it("reads a private repository with its token alone, and the token is in no command line", async () => {
    const url = host.add("secret", { a: "1" });
    host.protect("secret", "gho_right");
    await expect(resolveRemoteCommit(await target(url))).rejects.toMatchObject({ code: "repository_not_accessible" });
    await expect(resolveRemoteCommit(await target(url, { token: "gho_wrong" }))).rejects.toMatchObject({
      code: "repository_not_accessible",
    });
    expect((await read(url, LIMITS, "gho_right")).size).toBe(1);
    host.misbehave("hang");
    const running = startGit({
      args: ["ls-remote", url],
      config: ["protocol.http.allow=always"],
      credential: { origin: host.origin, token: "gho_right" },
      timeoutMs: 400,
    });
    const argv = await runArgv();
    running.stdin.end();
    await expect(running.done).rejects.toMatchObject({ kind: "timeout" });
    expect(argv).toContain("ls-remote");
    expect(argv).not.toContain("gho_right");
  });

  it("follows no redirect", async () => {
    const url = host.add("moved", { a: "1" });
    host.misbehave("redirect");
    await expect(resolveRemoteCommit(await target(url))).rejects.toMatchObject({
      code: "repository_not_accessible",
      message: expect.stringContaining("moved") as string,
    });
  });

  it("says that a host which fails is not there, and may be tried again", async () => {
    const url = host.add("down", { a: "1" });
    host.misbehave("refuse");
    await expect(resolveRemoteCommit(await target(url))).rejects.toMatchObject({ code: "provider_unavailable" });
  });

  it("ends the whole process group on a time-out", async () => {
    host.misbehave("hang");
    await expect(
      runGit({
        args: ["ls-remote", `${host.origin}/octo/hang-me`],
        config: ["protocol.http.allow=always"],
        timeoutMs: 300,
        maxBytes: 10,
      }),
    ).rejects.toMatchObject({ kind: "timeout" });
    await expect.poll(async () => (await runArgv()).includes("hang-me"), { timeout: 20_000 }).toBe(false);
  });

  it("refuses a tree that names .git or climbs out", async () => {
    host.add("evil", { a: "1" });
    const blob = host.git("evil", ["rev-parse", "main:a"]);
    for (const name of [".git", "..", ".GIT"]) {
      const entry = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, "hex")]);
      const tree = host.git("evil", ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], entry);
      host.git("evil", ["update-ref", "refs/heads/main", host.git("evil", ["commit-tree", tree, "-m", "evil"])]);
      await expect(read(`${host.origin}/octo/evil`)).rejects.toMatchObject({ code: "rule_broken" });
    }
    expect(readdirSync(root)).toEqual([]);
  });

  it("still reads an old repository with zero-padded modes", async () => {
    host.add("padded", { a: "1" });
    const blob = host.git("padded", ["rev-parse", "main:a"]);
    const subtree = host.git("padded", ["rev-parse", "main^{tree}"]);
    const raw = Buffer.concat([
      Buffer.from("100644 a\0"),
      Buffer.from(blob, "hex"),
      Buffer.from("040000 d\0"),
      Buffer.from(subtree, "hex"),
    ]);
    const tree = host.git("padded", ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], raw);
    host.git("padded", ["update-ref", "refs/heads/main", host.git("padded", ["commit-tree", tree, "-m", "old"])]);
    expect([...(await read(`${host.origin}/octo/padded`)).keys()].toSorted()).toEqual(["a", "d/a"]);
  });

  it("stops at its number of files in a tree that names millions", async () => {
    host.add("bomb", { a: "1" });
    let tree = host.git("bomb", ["rev-parse", "main^{tree}"]);
    for (let level = 0; level < 7; level += 1) {
      tree = host.git(
        "bomb",
        ["mktree"],
        Array.from({ length: 10 }, (_, n) => `040000 tree ${tree}\td${n}\n`).join(""),
      );
    }
    host.git("bomb", ["update-ref", "refs/heads/main", host.git("bomb", ["commit-tree", tree, "-m", "bomb"])]);
    await withWorkspace(async (folder) => {
      const clone = await cloneBare(folder, await target(`${host.origin}/octo/bomb`));
      const listed = await listTree(clone.gitDir, clone.commit, 5_000);
      expect(listed).toMatchObject({ truncated: true });
      expect(listed.entries).toHaveLength(5_000);
    }, root);
  });

  it("tells links and submodules from files", async () => {
    host.add("kinds", { a: "1" });
    const blob = host.git("kinds", ["rev-parse", "main:a"]);
    const tree = host.git(
      "kinds",
      ["mktree", "--missing"],
      `100644 blob ${blob}\ta\n120000 blob ${blob}\tl\n160000 commit ${"1".repeat(40)}\ts\n`,
    );
    host.git("kinds", ["update-ref", "refs/heads/main", host.git("kinds", ["commit-tree", tree, "-m", "kinds"])]);
    await withWorkspace(async (folder) => {
      const clone = await cloneBare(folder, await target(`${host.origin}/octo/kinds`));
      const listed = await listTree(clone.gitDir, clone.commit, 10);
      expect(listed.entries.map(({ kind, path: name }) => [kind, name])).toEqual([
        ["file", "a"],
        ["symlink", "l"],
        ["submodule", "s"],
      ]);
    }, root);
  });
});

describe("the workspace", () => {
  it("sweeps what a killed process left, and nothing of a living one", async () => {
    const dead = path.join(root, "4194303-00000000-0000-4000-8000-000000000000");
    const living = path.join(root, `${process.ppid}-00000000-0000-4000-8000-000000000001`);
    mkdirSync(dead);
    mkdirSync(living);
    expect(await sweepWorkspaces(root)).toBe(1);
    expect(readdirSync(root)).toEqual([path.basename(living)]);
    rmSync(living, { recursive: true });
  });
});

/** The command lines of everything that runs on this machine. */
async function runArgv(): Promise<string> {
  const { execFileSync } = await import("node:child_process");
  return execFileSync("ps", ["-eo", "args"]).toString("utf8");
}
