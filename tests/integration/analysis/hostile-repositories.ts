import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { constants, crc32, deflateRawSync } from "node:zlib";
import type { GitHost } from "./git-host";

/** Makes a repository of raw tree entries; what git itself would refuse to make. @returns its clone URL */
export function addRaw(host: GitHost, name: string, entries: (blob: string) => Buffer): string {
  const url = host.add(name, { a: "1\n" });
  const blob = host.git(name, ["rev-parse", "main:a"]);
  const tree = host.git(name, ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], entries(blob));
  host.git(name, ["update-ref", "refs/heads/main", host.git(name, ["commit-tree", tree, "-m", "raw"])]);
  return url;
}

/** One entry of a tree as git stores it. */
export function entry(mode: string, name: string | Buffer, id: string): Buffer {
  return Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(id, "hex")]);
}

/** A tree of ten trees of ten trees …: 10^levels files in a pack of kilobytes. */
export function addBomb(host: GitHost, name: string, levels: number): string {
  const url = host.add(name, { "a.ts": "export const a = 1;\n" });
  let tree = host.git(name, ["rev-parse", "main^{tree}"]);
  for (let level = 0; level < levels; level += 1) {
    const list = Array.from({ length: 10 }, (_, n) => `040000 tree ${tree}\td${n}\n`).join("");
    tree = host.git(name, ["mktree"], list);
  }
  host.git(name, ["update-ref", "refs/heads/main", host.git(name, ["commit-tree", tree, "-m", "bomb"])]);
  return url;
}

/** 2 GiB of zeros, as git names them. A clone that adds them up comes to the same name, or refuses the pack. */
const GIANT_ID = "77e9132b46cb9535f286f18974872f40049d1a89";
const GIANT_BYTES = 2 ** 31;
const PIECE = 2 ** 20;

/** A repository with a blob of 2 GiB in a pack of 2 MB, beside `a.ts`. Nobody has to unfold it to make it. */
export function addGiantBlob(host: GitHost, name: string, file: string): string {
  const url = host.add(name, { "a.ts": "export const a = 1;\n" });
  // A piece that ends on a byte and remembers nothing before it may be repeated.
  const piece = deflateRawSync(Buffer.alloc(PIECE), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const sum = Buffer.alloc(4);
  // Adler-32 of zeros: 1, and how many there are.
  sum.writeUInt32BE((((GIANT_BYTES % 65_521) << 16) | 1) >>> 0);
  const pieces = Array.from({ length: GIANT_BYTES / PIECE }, () => piece);
  const object = Buffer.concat([
    objectHead(3, GIANT_BYTES),
    Buffer.from([0x78, 0xda]),
    ...pieces,
    Buffer.from([3, 0]),
    sum,
  ]);
  const pack = withSum(Buffer.concat([Buffer.from("PACK"), words(2, 1), object]));
  const id = Buffer.from(GIANT_ID, "hex");
  const fanout = words(...Array.from({ length: 256 }, (_, first) => (first >= (id[0] ?? 0) ? 1 : 0)));
  const head = Buffer.concat([Buffer.from([0xff]), Buffer.from("tOc"), words(2), fanout]);
  const index = withSum(Buffer.concat([head, id, words(crc32(object), 12), pack.subarray(-20)]));
  const folder = path.join(host.git(name, ["rev-parse", "--absolute-git-dir"]), "objects", "pack");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `pack-${GIANT_ID}.pack`), pack);
  writeFileSync(path.join(folder, `pack-${GIANT_ID}.idx`), index);
  const small = host.git(name, ["rev-parse", "main:a.ts"]);
  const tree = host.git(name, ["mktree"], `100644 blob ${small}\ta.ts\n100644 blob ${GIANT_ID}\t${file}\n`);
  host.git(name, ["update-ref", "refs/heads/main", host.git(name, ["commit-tree", tree, "-m", "giant"])]);
  return url;
}

/** Kind and size in front of an object in a pack: four bits of the size, then seven at a time. */
function objectHead(kind: number, size: number): Buffer {
  const bytes = [(kind << 4) | (size % 16)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest % 128);
  }
  return Buffer.from(bytes);
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32BE(value, index * 4));
  return buffer;
}

function withSum(content: Buffer): Buffer {
  return Buffer.concat([content, createHash("sha1").update(content).digest()]);
}

/** Looks, while a clone runs, how much is in `folder` and how much memory the processes have that work there. */
export function watchUse(folder: string): { end(): { bytesOnDisk: number; bytesInMemory: number } } {
  let bytesOnDisk = 0;
  let bytesInMemory = 0;
  const look = (): void => {
    bytesOnDisk = Math.max(bytesOnDisk, bytesIn(folder));
    const processes = execFileSync("ps", ["-eo", "rss,args"]).toString("utf8").split("\n");
    const ours = processes.filter((line) => line.includes(folder) && !line.includes("ps -eo"));
    bytesInMemory = Math.max(bytesInMemory, ...ours.map((line) => Number.parseInt(line.trim(), 10) * 1024));
  };
  const timer = setInterval(look, 100);
  return {
    end() {
      clearInterval(timer);
      return { bytesOnDisk, bytesInMemory };
    },
  };
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    // What git renames or removes meanwhile is not there any more.
    bytes += statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** Processes on this machine whose command line names one of our clones or the bundled child, by this test's own folder. */
export function processesNaming(text: string): string[] {
  return execFileSync("ps", ["-eo", "pid,args"])
    .toString("utf8")
    .split("\n")
    .filter((line) => line.includes(text) && !line.includes("ps -eo"));
}
