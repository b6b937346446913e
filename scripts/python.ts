import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { PYTHON_FILES, type PythonFile, type PythonManifest } from "../components/learning/python/protocol.ts";
import { ROOT } from "./install.mjs";

const PYODIDE = path.join(ROOT, "node_modules", "pyodide");
const OWN = path.join(ROOT, "components", "learning", "python");
/** What the worker imports by itself. */
const MODULES = ["pyodide.mjs", "pyodide.asm.mjs"] as const;

/**
 * Writes what Python in the browser needs into `folder`, which is served as `/python`: the worker, the list of files, and the files
 * themselves in a folder that is named after their content, so that browsers may keep them for good.
 */
export async function buildPython(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const source = (name: string): string => path.join(name === "harness.py" ? OWN : PYODIDE, name);
  const names = [...PYTHON_FILES, ...MODULES];
  const digest = createHash("sha256");
  for (const name of names) digest.update(readFileSync(source(name)));
  const { version } = JSON.parse(readFileSync(path.join(PYODIDE, "package.json"), "utf8")) as { version: string };
  const kept = `${version}-${digest.digest("hex").slice(0, 12)}`;
  mkdirSync(path.join(folder, kept), { recursive: true });
  for (const name of names) cpSync(source(name), path.join(folder, kept, name));
  const manifest: PythonManifest = {
    folder: kept,
    bytes: Object.fromEntries(PYTHON_FILES.map((name) => [name, statSync(source(name)).size])) as Record<
      PythonFile,
      number
    >,
  };
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify(manifest));
  await build({
    entryPoints: [path.join(OWN, "worker.ts")],
    outfile: path.join(folder, "worker.js"),
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    minifyWhitespace: true,
    logLevel: "silent",
  });
}
