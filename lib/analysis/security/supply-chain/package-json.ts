import { z } from "zod";
import type { Hit } from "../finding";
import { supplyHit } from "./catalogue";

const MAX_BYTES = 1_000_000;
const MAX_DEPENDENCIES = 5_000;

const names = z.record(z.string(), z.unknown()).optional().catch(undefined);
const manifestSchema = z.object({
  name: z.string().optional().catch(undefined),
  private: z.boolean().optional().catch(undefined),
  packageManager: z.string().optional().catch(undefined),
  scripts: names,
  dependencies: names,
  devDependencies: names,
  optionalDependencies: names,
  workspaces: z.unknown().optional(),
});

export interface Manifest {
  /** Name and range, of dependencies that get installed. */
  readonly dependencies: ReadonlyMap<string, string>;
  readonly hasWorkspaces: boolean;
  readonly isPrivate: boolean;
}

/** @returns null for what is no manifest: broken JSON, an array, a file that is too large */
export function readManifest(text: string): Manifest | null {
  const value = parseObject(text);
  if (!value) return null;
  const dependencies = new Map<string, string>();
  for (const group of [value.dependencies, value.devDependencies, value.optionalDependencies]) {
    for (const [name, range] of Object.entries(group ?? {})) {
      if (typeof range === "string" && dependencies.size < MAX_DEPENDENCIES) dependencies.set(name, range);
    }
  }
  return { dependencies, hasWorkspaces: value.workspaces !== undefined, isPrivate: value.private === true };
}

function parseObject(text: string): z.infer<typeof manifestSchema> | null {
  if (text.length > MAX_BYTES) return null;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    // No JSON, or none of a manifest's shape: test data of a package manager has both. Nothing to check, then.
    return null;
  }
}

const FETCHES = /\b(?:curl|wget|fetch\(|https?:\/\/|base64|eval|powershell|node\s+-e|Invoke-WebRequest)/i;
const COMMIT = /#(?:[0-9a-f]{40}|semver:)/;

/** What a `package.json` says about where code comes from and what runs at install. */
export function checkPackageJson(text: string): Hit[] {
  const manifest = readManifest(text);
  const scripts = parseObject(text)?.scripts ?? {};
  if (!manifest) return [];
  const hits: Hit[] = [];
  for (const hook of ["preinstall", "install", "postinstall"]) {
    const script = scripts[hook];
    if (typeof script !== "string") continue;
    const at = placeOf(text, hook, script);
    if (FETCHES.test(script)) hits.push(supplyHit("install-script-downloads", ["high", "medium"], ...at));
    // A private package installs itself alone.
    else if (!manifest.isPrivate) hits.push(supplyHit("install-script", ["info", "high"], ...at));
  }
  for (const [name, range] of manifest.dependencies) {
    const at = () => placeOf(text, name, range);
    if (/^http:\/\//i.test(range)) hits.push(supplyHit("plain-http-source", ["high", "high"], ...at()));
    else if (/^git:\/\//i.test(range)) hits.push(supplyHit("plain-http-source", ["medium", "high"], ...at()));
    else if (/^(?:git\+|https:\/\/|github:|gitlab:|bitbucket:)|^[\w-]{1,39}\/[\w.-]{1,100}(?:#|$)/i.test(range)) {
      if (!COMMIT.test(range) && !/\/v?\d+\.\d+[\w.-]*\.t(?:ar\.)?gz$/.test(range))
        hits.push(supplyHit("untrusted-source", ["medium", "high"], ...at()));
    } else if (/^(?:\*|latest|next|x|>=?\s*\d[\d.]*|)$/i.test(range.trim()))
      hits.push(supplyHit("unpinned-dependency", ["low", "high"], ...at()));
  }
  return hits;
}

/** Where `"name": "value"` stands; the beginning of the file when it is written in some other way. */
function placeOf(text: string, name: string, value: string): [start: number, end: number] {
  const key = JSON.stringify(name);
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + key.length)) {
    const from = text.indexOf(JSON.stringify(value), at + key.length);
    if (from !== -1 && /^\s*:\s*$/.test(text.slice(at + key.length, Math.min(from, at + key.length + 40)))) {
      return [at, from + value.length + 2];
    }
  }
  return [0, 1];
}
