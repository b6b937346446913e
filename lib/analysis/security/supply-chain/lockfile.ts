import { parse, type ParsedLockFile } from "lockparse";
import type { Manifest } from "./package-json";

/** Lockfiles by their name, with the package manager. */
export const LOCKFILES: Readonly<Record<string, "npm" | "yarn" | "pnpm" | "bun">> = {
  "package-lock.json": "npm",
  "npm-shrinkwrap.json": "npm",
  "yarn.lock": "yarn",
  "pnpm-lock.yaml": "pnpm",
  "bun.lock": "bun",
};

export const LOCKFILE_LIMITS = {
  /** The largest honest ones are about 2 MB. */
  maxBytes: 5_000_000,
  /** Brackets inside brackets; npm's own has 5 levels. */
  maxDepth: 40,
  maxPackages: 20_000,
} as const;

/** A package at a version, as an advisory database names it. */
export interface LockedPackage {
  readonly ecosystem: "npm" | "PyPI" | "crates.io" | "Go";
  readonly name: string;
  readonly version: string;
}

export type ReadLockfile =
  | {
      readonly ok: true;
      readonly packages: readonly LockedPackage[];
      readonly plainHttp: boolean;
      readonly rootNames: ReadonlySet<string>;
      readonly ranges: ReadonlyMap<string, string> | null;
    }
  | { readonly ok: false; readonly why: "too_large" | "bad_shape" };

/**
 * Reads a lockfile of a JavaScript package manager, within {@link LOCKFILE_LIMITS}: it comes from whoever owns the repository.
 */
export async function readLockfile(name: string, text: string, bytes: number): Promise<ReadLockfile> {
  const manager = LOCKFILES[name];
  if (bytes > LOCKFILE_LIMITS.maxBytes) return { ok: false, why: "too_large" };
  if (!manager || depthOf(text) > LOCKFILE_LIMITS.maxDepth || /["\s/]__proto__["@:]/.test(text))
    return { ok: false, why: "bad_shape" };
  let parsed: ParsedLockFile;
  try {
    parsed = await parse(text, manager);
  } catch {
    // Whatever is wrong with it, it is no lockfile that could be installed from. Said as such in the result.
    return { ok: false, why: "bad_shape" };
  }
  const packages = new Map<string, LockedPackage>();
  for (const { name: packageName, version } of parsed.packages) {
    if (packages.size === LOCKFILE_LIMITS.maxPackages) break;
    if (typeof packageName !== "string" || typeof version !== "string" || !/^\d/.test(version) || packageName === "")
      continue;
    packages.set(`${packageName}@${version}`, { ecosystem: "npm", name: packageName, version });
  }
  const direct = [parsed.root.dependencies, parsed.root.devDependencies, parsed.root.optionalDependencies].flat();
  return {
    ok: true,
    packages: [...packages.values()],
    plainHttp: /["\s]http:\/\/[\w.-]+\/[^"\s]{0,300}\.tgz/.test(text),
    // Yarn's lists no direct ones (and lockparse finds none by ranges of version 1): any package of the name will do.
    rootNames: new Set((manager === "yarn" ? parsed.packages : direct).map((one) => one.name)),
    ranges: manager === "npm" ? rangesOf(text) : null,
  };
}

/** The ranges that npm's lockfile repeats from the manifest: equal when both are of one install. */
function rangesOf(text: string): Map<string, string> | null {
  const value: unknown = JSON.parse(text);
  const root = at(at(value, "packages"), "");
  if (root === undefined) return null;
  const ranges = new Map<string, string>();
  for (const group of ["dependencies", "devDependencies", "optionalDependencies"]) {
    const entries = at(root, group);
    if (!entries || typeof entries !== "object") continue;
    for (const [name, range] of Object.entries(entries)) if (typeof range === "string") ranges.set(name, range);
  }
  return ranges;
}

function at(value: unknown, key: string): unknown {
  return value && typeof value === "object" && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** The deepest nesting of brackets outside strings. One pass. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 92) index += 1;
      else if (code === 34 || code === 10) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 91 || code === 123) deepest = Math.max(deepest, (depth += 1));
    else if (code === 93 || code === 125) depth -= 1;
  }
  return deepest;
}

/** Direct dependencies that the lockfile lacks, or has for another range. Empty when they are in step. */
export function outOfStep(manifest: Manifest, lock: Extract<ReadLockfile, { ok: true }>): string[] {
  const wrong: string[] = [];
  for (const [name, range] of manifest.dependencies) {
    // Workspaces and folders are linked, not locked.
    if (/^(?:workspace|file|link|portal|catalog):/.test(range)) continue;
    if (lock.ranges) {
      if (lock.ranges.get(name) !== range) wrong.push(name);
    } else if (!lock.rootNames.has(name)) wrong.push(name);
  }
  return wrong;
}

/** Packages of the lockfiles that hold `name` and `version` line by line: Cargo, Poetry, uv, PDM; and of `go.sum`. */
export function packagesByLine(fileName: string, text: string, bytes: number): LockedPackage[] | null {
  if (bytes > LOCKFILE_LIMITS.maxBytes) return null;
  const packages = new Map<string, LockedPackage>();
  const add = (ecosystem: LockedPackage["ecosystem"], name: string, version: string) => {
    if (packages.size < LOCKFILE_LIMITS.maxPackages) packages.set(`${name}@${version}`, { ecosystem, name, version });
  };
  if (fileName === "go.sum") {
    for (const match of text.matchAll(/^([\w./~-]{1,200}) v(\d[\w.+-]{0,80}) h1:/gm))
      add("Go", match[1] ?? "", match[2] ?? "");
    return [...packages.values()];
  }
  const ecosystem = fileName === "Cargo.lock" ? "crates.io" : "PyPI";
  for (const match of text.matchAll(/^name = "([\w.-]{1,120})"\r?\nversion = "(\d[\w.+-]{0,80})"/gm))
    add(ecosystem, match[1] ?? "", match[2] ?? "");
  return [...packages.values()];
}
