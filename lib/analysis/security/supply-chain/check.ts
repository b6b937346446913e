import type { SourceFile } from "../../source";
import type { Hit } from "../finding";
import { supplyHit } from "./catalogue";
import { LOCKFILES, outOfStep, packagesByLine, readLockfile, type LockedPackage, type ReadLockfile } from "./lockfile";
import { checkPackageJson, readManifest, type Manifest } from "./package-json";
import { checkDockerfile, checkGoMod, checkRequirements } from "./text-files";
import { checkWorkflow } from "./workflow";

export interface SupplyFound {
  readonly hits: readonly Hit[];
  /** A bound that kept us from reading the file. */
  readonly unread?: "lockfile_bytes" | "lockfile_shape";
}

/** What one lockfile names, for a check against advisories. */
export interface LockedPackages {
  readonly path: string;
  readonly packages: readonly LockedPackage[];
}

const BY_LINE: ReadonlySet<string> = new Set(["Cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", "go.sum"]);
/** Manifests and lockfiles that wait for the other one of their folder. */
const MAX_WAITING = 2_000;
/** Packages kept for a check against advisories, of all lockfiles. */
const MAX_PACKAGES = 20_000;

/** Looks at manifests, lockfiles, workflows and images. Keeps names and ranges of one manifest a folder, no texts. */
export class SupplyChain {
  readonly #paths: ReadonlySet<string>;
  readonly #manifests = new Map<string, Manifest>();
  readonly #locks = new Map<string, { path: string; lock: Extract<ReadLockfile, { ok: true }> }>();
  #packages = 0;
  readonly locked: LockedPackages[] = [];

  /** @param paths of the whole commit */
  constructor(paths: readonly string[]) {
    this.#paths = new Set(paths);
  }

  /** @returns null for a file that has nothing to do with it */
  async check(file: SourceFile): Promise<SupplyFound | null> {
    const slash = file.path.lastIndexOf("/");
    const folder = slash === -1 ? "" : file.path.slice(0, slash + 1);
    const name = file.path.slice(slash + 1);
    if (name === "package.json") return { hits: this.#packageJson(file, folder) };
    if (Object.hasOwn(LOCKFILES, name)) return this.#lockfile(file, folder, name);
    if (BY_LINE.has(name)) return this.#lines(file, name);
    if (/^requirements[\w.-]*\.txt$/.test(name)) return { hits: checkRequirements(file.text) };
    if (/^(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$|\.dockerfile$/i.test(name))
      return { hits: checkDockerfile(file.text) };
    if (name === "go.mod") return { hits: this.#goMod(file, folder) };
    if (name === "Cargo.toml") return { hits: this.#cargo(file, folder) };
    if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(file.path)) {
      const hits = checkWorkflow(file.text);
      return hits ? { hits } : { hits: [], unread: "lockfile_shape" };
    }
    return null;
  }

  #packageJson(file: SourceFile, folder: string): Hit[] {
    const hits = checkPackageJson(file.text);
    const manifest = readManifest(file.text);
    if (!manifest) return hits;
    const here = Object.keys(LOCKFILES).filter((lock) => this.#paths.has(folder + lock));
    const managers = new Set(here.map((lock) => LOCKFILES[lock]));
    if (managers.size > 1) hits.push(supplyHit("mixed-package-managers", ["low", "high"], 0, 1));
    const place = placeOfDependencies(file.text);
    const own = file.role === "source" || file.role === "configuration";
    if (
      own &&
      manifest.dependencies.size > 0 &&
      here.length === 0 &&
      !this.#lockedAbove(folder) &&
      !this.#paths.has(`${folder}bun.lockb`)
    ) {
      hits.push(supplyHit("missing-lockfile", ["low", manifest.isPrivate ? "high" : "low"], ...place));
    }
    const waiting = this.#locks.get(folder);
    if (waiting) hits.push(...stepHits(manifest, waiting.lock, place));
    else if (here.length > 0 && this.#manifests.size < MAX_WAITING) this.#manifests.set(folder, manifest);
    return hits;
  }

  /** A workspace's packages are locked at its root. */
  #lockedAbove(folder: string): boolean {
    let at = folder;
    while (at !== "") {
      at = at.slice(0, at.slice(0, -1).lastIndexOf("/") + 1);
      if (Object.keys(LOCKFILES).some((lock) => this.#paths.has(at + lock)) || this.#paths.has(`${at}bun.lockb`))
        return true;
    }
    return false;
  }

  async #lockfile(file: SourceFile, folder: string, name: string): Promise<SupplyFound> {
    const manifest = this.#manifests.get(folder) ?? null;
    const lock = await readLockfile(name, file.text, file.bytes);
    if (!lock.ok) return { hits: [], unread: lock.why === "too_large" ? "lockfile_bytes" : "lockfile_shape" };
    this.#remember(file.path, lock.packages);
    const hits: Hit[] = lock.plainHttp
      ? [
          supplyHit(
            "plain-http-source",
            ["high", "high"],
            Math.max(0, file.text.indexOf("http://")),
            file.text.indexOf("http://") + 7,
          ),
        ]
      : [];
    if (manifest) hits.push(...stepHits(manifest, lock, [0, 1]));
    else if (this.#locks.size < MAX_WAITING) this.#locks.set(folder, { path: file.path, lock });
    return { hits };
  }

  #lines(file: SourceFile, name: string): SupplyFound {
    const packages = packagesByLine(name, file.text, file.bytes);
    if (!packages) return { hits: [], unread: "lockfile_bytes" };
    this.#remember(file.path, packages);
    return { hits: [] };
  }

  #goMod(file: SourceFile, folder: string): Hit[] {
    const hits = checkGoMod(file.text);
    if (/^require\b/m.test(file.text) && !this.#paths.has(`${folder}go.sum`))
      hits.push(supplyHit("missing-lockfile", ["medium", "high"], 0, 1));
    return hits;
  }

  /** A library may do without; a program should not. */
  #cargo(file: SourceFile, folder: string): Hit[] {
    const isProgram = this.#paths.has(`${folder}src/main.rs`) || /^\[\[bin\]\]/m.test(file.text);
    if (
      !isProgram ||
      !/^\[dependencies\]/m.test(file.text) ||
      this.#paths.has("Cargo.lock") ||
      this.#paths.has(`${folder}Cargo.lock`)
    )
      return [];
    return file.role === "source" || file.role === "configuration"
      ? [supplyHit("missing-lockfile", ["low", "medium"], 0, 1)]
      : [];
  }

  #remember(path: string, packages: readonly LockedPackage[]): void {
    const room = MAX_PACKAGES - this.#packages;
    if (room <= 0 || packages.length === 0) return;
    const kept = packages.slice(0, room);
    this.#packages += kept.length;
    this.locked.push({ path, packages: kept });
  }
}

function placeOfDependencies(text: string): [start: number, end: number] {
  const at = Math.max(0, text.search(/"(?:dev)?[dD]ependencies"/));
  return [at, at + 1];
}

function stepHits(
  manifest: Manifest,
  lock: Extract<ReadLockfile, { ok: true }>,
  place: readonly [number, number],
): Hit[] {
  if (outOfStep(manifest, lock).length === 0) return [];
  return [supplyHit("lockfile-out-of-step", ["medium", lock.ranges ? "high" : "medium"], ...place)];
}
