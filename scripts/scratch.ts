import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Where devstack/postgres/reachable.ts puts clusters whose folder is not for the account that PostgreSQL runs under. */
const OUTSIDE = "/var/tmp";
/** What our tests call theirs; caches of tools and profiles of browsers bear other names. */
const OURS = /^(?:devmentor|inngest)-/;

/** A test run's own place for everything temporary, so that what it leaves behind can be told from what others do. */
export interface Scratch {
  /** For the reports. */
  readonly folder: string;
  /** For the tests, as TMPDIR. */
  readonly temporary: string;
  /** Names what the tests left there, or in /var/tmp on its account, and removes it. */
  takeLeftovers(): readonly string[];
  remove(): void;
}

/** @param outside where clusters lie that cannot lie in the folder itself */
export function openScratch(outside = OUTSIDE): Scratch {
  const folder = mkdtempSync(path.join(tmpdir(), "devmentor-run-"));
  chmodSync(folder, 0o711); // The account that PostgreSQL runs under must get through.
  const temporary = path.join(folder, "tmp");
  mkdirSync(temporary, { mode: 0o711 });
  const inside = () =>
    readdirSync(temporary)
      .filter((name) => OURS.test(name))
      .map((name) => path.join(temporary, name))
      // The product keeps one folder for its clones; only what still lies in it was forgotten.
      .filter((each) => !statSync(each).isDirectory() || readdirSync(each).length > 0);
  const elsewhere = () =>
    readdirSync(outside)
      .filter((name) => name.startsWith("devmentor-postgres-"))
      .map((name) => path.join(outside, name))
      .filter((cluster) => {
        const origin = path.join(cluster, "origin");
        return existsSync(origin) && readFileSync(origin, "utf8").startsWith(`${temporary}${path.sep}`);
      });
  return {
    folder,
    temporary,
    takeLeftovers() {
      const left = [...inside(), ...(existsSync(outside) ? elsewhere() : [])];
      for (const each of left) rmSync(each, { recursive: true, force: true });
      return left;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
