import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Writable } from "node:stream";

export interface PackageImport {
  /** Folder of the installed package. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly include: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  readonly branch: string;
}

/** 2026-01-01T00:00:00Z: commits must have the same id on every machine, so the clock stays out of them. */
const FIXED_TIME = "1767225600 +0000";

/** Writes a package as one commit in the language of `git fast-import`. */
export async function writePackage(stdin: Writable, source: PackageImport): Promise<void> {
  const write = (chunk: string | Buffer) =>
    new Promise<void>((resolve, reject) => stdin.write(chunk, (error) => (error ? reject(error) : resolve())));
  const message = `Import ${source.name} ${source.version} as published on npm\n`;
  const who = `${source.author.name} <${source.author.email}> ${FIXED_TIME}`;
  await write(
    `commit refs/heads/${source.branch}\nauthor ${who}\ncommitter ${who}\ndata ${Buffer.byteLength(message)}\n${message}\n`,
  );
  for (const file of await filesOf(source)) {
    const content = await readFile(path.join(source.folder, file));
    const { mode } = await stat(path.join(source.folder, file));
    await write(`M ${(mode & 0o100) === 0 ? "100644" : "100755"} inline ${quoted(file)}\ndata ${content.length}\n`);
    await write(content);
    await write("\n");
  }
  await new Promise<void>((resolve) => stdin.end("\ndone\n", resolve));
}

async function filesOf(source: PackageImport): Promise<string[]> {
  const found: string[] = [];
  for (const entry of source.include) {
    const absolute = path.join(source.folder, entry);
    const info = await stat(absolute).catch(() => null);
    if (!info) continue; // A later version of the package may ship less; what is there is imported.
    if (info.isFile()) found.push(entry);
    else
      for (const file of await readdir(absolute, { recursive: true, withFileTypes: true }))
        if (file.isFile()) found.push(path.relative(source.folder, path.join(file.parentPath, file.name)));
  }
  const own = found
    .filter((file) => !file.split(path.sep).includes("node_modules"))
    .map((file) => file.split(path.sep).join("/"));
  return [...new Set(own)].sort();
}

/** git's C-style quoting, for the odd name with a quote, a backslash or a line break. */
const quoted = (file: string) =>
  /["\\\n]/.test(file) ? `"${file.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"` : file;
