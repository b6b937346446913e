import path from "node:path";
import { build } from "esbuild";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Bundles the application's process (host.ts) into a folder. @returns the file to run */
export async function bundleHost(folder: string): Promise<string> {
  const scope = path.join(import.meta.dirname, "next-scope.ts");
  await build({
    entryPoints: [path.join(import.meta.dirname, "host.ts")],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22",
    jsx: "automatic",
    tsconfig: path.join(ROOT, "tsconfig.json"),
    alias: {
      "next/server": scope,
      "next/headers": scope,
      "next/cache": scope,
      // It throws outside Next unless its empty twin is taken.
      "server-only": path.join(ROOT, "node_modules/server-only/empty.js"),
    },
    // Packages in CommonJS ask for `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    logLevel: "silent",
  });
  return path.join(folder, "host.mjs");
}
