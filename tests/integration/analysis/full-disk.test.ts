import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGitHost, type GitHost } from "./git-host";

/**
 * A disk that is really full: a tmpfs of a few megabytes, in a mount namespace of one process. Root may make one; an ordinary user may
 * in a user namespace of their own. Where the kernel allows neither, a git that says what git says then stands in for it, so that
 * nothing is left out unseen: the test's name says which.
 */
const NAMESPACES = [
  ["unshare", "--mount"],
  ["unshare", "--user", "--map-root-user", "--mount"],
] as const;
const MOUNT = 'mount -t tmpfs -o "$1,mode=0700" none "$2" && shift 2 && exec "$@"';

const folder = mkdtempSync(path.join(tmpdir(), "devmentor-full-"));
const disk = path.join(folder, "disk");
mkdirSync(disk);
const namespace = NAMESPACES.find(
  ([program, ...args]) =>
    spawnSync(program, [...args, "sh", "-c", MOUNT, "sh", "size=1m", disk, "true"], { stdio: "ignore" }).status === 0,
);

let host: GitHost;
beforeAll(async () => {
  host = await startGitHost();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await host.close();
});

/** Runs the clones, on a disk of this size where there can be one. */
async function clone(
  size: string,
  urls: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<unknown[]> {
  const script = path.join(import.meta.dirname, "full-disk-process.ts");
  const node = [process.execPath, "--conditions=react-server", "--import", "tsx", script, disk, ...urls];
  const [program = "", ...args] = namespace ? [...namespace, "sh", "-c", MOUNT, "sh", size, disk, ...node] : node;
  const { stdout } = await promisify(execFile)(program, args, { env: { ...process.env, ...more } });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

const NO_ROOM = {
  outcome: { code: "service_unavailable", message: expect.stringContaining("no room left on our side") as string },
  left: [],
};

describe(`a disk that is full (${namespace ? namespace.join(" ") : "the kernel allows none: as git would say it"})`, () => {
  it("while a repository comes in is ours to mend, says so, and keeps nothing; the next one that fits is read", async () => {
    const pieces = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`piece${n}.bin`, randomBytes(900_000)]));
    const large = host.add("too-large-for-the-disk", pieces);
    const small = host.add("fits", { "a.ts": "export const a = 1;\n" });
    if (namespace) {
      expect(await clone("size=4m", [large, small])).toEqual([NO_ROOM, { outcome: "main", left: [] }]);
      // Not even room for a folder.
      expect(await clone("nr_inodes=1", [small])).toEqual([NO_ROOM]);
      return;
    }
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(
      path.join(bin, "git"),
      "#!/bin/sh\necho 'fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output' >&2\nexit 128\n",
    );
    chmodSync(path.join(bin, "git"), 0o755);
    expect(await clone("", [large], { PATH: `${bin}:${process.env["PATH"] ?? ""}` })).toEqual([NO_ROOM]);
  });
});
