import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../support/run-tool.ts";
import { PACKAGE_CEILINGS, PACKAGE_FLOORS, RUNTIME_FLOORS } from "./version-floors.ts";

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly allowScripts?: Record<string, boolean>;
}

interface Lock {
  readonly packages: Record<string, { version?: string; hasInstallScript?: boolean; resolved?: string }>;
}

const read = (file: string): string => readFileSync(path.join(projectRoot, file), "utf8");
const manifest = JSON.parse(read("package.json")) as Manifest;
const lock = JSON.parse(read("package-lock.json")) as Lock;

/** Compares plain `major.minor.patch` versions; a pre-release counts as older than its release. */
function isAtLeast(version: string, floor: string): boolean {
  const parts = (text: string) => (text.split("-")[0] ?? "").split(".").map(Number);
  const [left, right] = [parts(version), parts(floor)];
  for (const [index, wanted] of right.entries()) {
    const given = left[index] ?? 0;
    if (given !== wanted) return given > wanted;
  }
  return !version.includes("-");
}

/** Every installed copy of a package, nested ones too. */
function installed(name: string): string[] {
  return Object.entries(lock.packages)
    .filter(([place]) => place === `node_modules/${name}` || place.endsWith(`/node_modules/${name}`))
    .map(([, entry]) => entry.version ?? "none");
}

describe("version floors", () => {
  test("compare as versions do", () => {
    expect(isAtLeast("16.10.0", "16.4.1")).toBe(true);
    expect(isAtLeast("16.4.0", "16.4.1")).toBe(false);
    expect(isAtLeast("16.4.1-canary.3", "16.4.1")).toBe(false);
    expect(isAtLeast("17.0.0", "16.4.1")).toBe(true);
  });

  test.each(PACKAGE_FLOORS)("$name is $atLeast or newer: $because", ({ name, atLeast }) => {
    const top = lock.packages[`node_modules/${name}`]?.version;
    expect(top, `${name} is not in package-lock.json`).toBeDefined();
    expect(isAtLeast(top ?? "0.0.0", atLeast), `${name} ${top} is older than ${atLeast}`).toBe(true);
  });

  test("no second copy of next is older than the floor", () => {
    const floor = PACKAGE_FLOORS.find((one) => one.name === "next")?.atLeast ?? "";
    expect(installed("next").filter((version) => !isAtLeast(version, floor))).toEqual([]);
  });

  test.each(PACKAGE_CEILINGS)("$name stays below $below: $because", ({ name, atLeast, below }) => {
    const top = lock.packages[`node_modules/${name}`]?.version ?? "0.0.0";
    expect([isAtLeast(top, atLeast), isAtLeast(top, below)]).toEqual([true, false]);
  });

  test("images run a Node without known holes", () => {
    const dockerfiles = globSync("{Dockerfile*,ops/**/Dockerfile*,.devcontainer/Dockerfile*}", { cwd: projectRoot });
    const bases = dockerfiles.flatMap((file) => [...read(file).matchAll(/^FROM\s+(?:\S+\/)?node:(\S+)/gm)]);
    const holed = bases.filter(([, tag = ""]) => {
      const version = /^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? "0.0.0";
      return !isAtLeast(version, RUNTIME_FLOORS[Number.parseInt(version, 10)] ?? "999.0.0");
    });
    expect(holed.map(([line]) => line)).toEqual([]);
  });

  test("every dependency is pinned exactly", () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
    expect(Object.keys(all).filter((name) => lock.packages[`node_modules/${name}`]?.version !== all[name])).toEqual([]);
  });

  test("every install script is allowed or refused by name", () => {
    const named = new Set(Object.keys(manifest.allowScripts ?? {}));
    const scripts = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript);
    const names = scripts.map(([place]) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length));
    expect([...new Set(names)].filter((name) => !named.has(name))).toEqual([]);
  });

  test("the lockfile names no registry (.npmrc keeps it so): each machine asks its own", () => {
    const resolved = Object.values(lock.packages).flatMap((entry) => (entry.resolved ? [entry.resolved] : []));
    expect(resolved).toEqual([]);
  });
});
