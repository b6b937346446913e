import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type BuildOptions } from "esbuild";
import { ROOT } from "./install.mjs";

/** Grammars and the parser's own WebAssembly, which the bundle loads from its own folder. */
const WASM = {
  runtime: path.join("web-tree-sitter", "web-tree-sitter.wasm"),
  grammars: path.join("@vscode", "tree-sitter-wasm", "wasm"),
  /** Those that the parser knows (`lib/analysis/syntax/grammars.ts`). */
  languages: ["javascript", "typescript", "tsx", "python", "go", "java", "rust", "ruby", "php", "c-sharp"],
} as const;

/** What every bundle of ours for a Node process has in common. */
const NODE: BuildOptions = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node22",
  // `server-only` is empty under this condition, as in Next's own server bundles.
  conditions: ["react-server"],
  tsconfig: path.join(ROOT, "tsconfig.json"),
  // Packages in CommonJS ask for `require`, and the compiler for the name of its file.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url); const __filename = import.meta.filename;',
  },
  legalComments: "none",
  // The bundles are read anew by each process. Names stay, for traces.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: "silent",
};

async function bundle(target: string, entry: string, options: BuildOptions): Promise<void> {
  const built = await build({ ...options, entryPoints: [path.join(ROOT, entry)], write: false });
  place(target, Buffer.from(built.outputFiles?.[0]?.contents ?? []));
}

/**
 * Bundles the processes that work on foreign code with everything that they need into `folder`: the child of the
 * analysis (`analysis.mjs` and the grammars) and the runner of learners' code. Written beside and renamed, so that
 * several may build at once; what has not changed is left alone.
 */
export async function buildEngine(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await Promise.all([
    bundle(path.join(folder, "analysis.mjs"), "lib/analysis/scan/child.ts", NODE),
    buildRunner(folder),
  ]);
  const grammars = WASM.languages.map((language) => path.join(WASM.grammars, `tree-sitter-${language}.wasm`));
  for (const file of [WASM.runtime, ...grammars])
    place(path.join(folder, path.basename(file)), readFileSync(path.join(ROOT, "node_modules", file)));
}

/** The runner alone: its process, its worker, what runs first inside QuickJS, QuickJS, and what Python is read with. */
export async function buildRunner(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const from = "lib/learning/runner";
  await Promise.all([
    bundle(path.join(folder, "runner.mjs"), `${from}/child.ts`, NODE),
    bundle(path.join(folder, "runner-worker.mjs"), `${from}/worker.ts`, NODE),
    bundle(path.join(folder, "runner-prelude.js"), `${from}/inside/prelude.ts`, {
      bundle: true,
      format: "esm",
      target: "es2023",
      logLevel: "silent",
    }),
  ]);
  for (const file of [WASM.runtime, path.join(WASM.grammars, "tree-sitter-python.wasm")])
    place(path.join(folder, path.basename(file)), readFileSync(path.join(ROOT, "node_modules", file)));
  const wasm = path.join("@jitl", "quickjs-wasmfile-release-sync", "dist", "emscripten-module.wasm");
  place(path.join(folder, "quickjs.wasm"), readFileSync(path.join(ROOT, "node_modules", wasm)));
}

function place(target: string, content: Buffer): void {
  if (existsSync(target) && readFileSync(target).equals(content)) return;
  const beside = `${target}.${process.pid}`;
  try {
    writeFileSync(beside, content);
    renameSync(beside, target);
  } finally {
    rmSync(beside, { force: true });
  }
}

if (import.meta.main) await buildEngine(path.join(ROOT, ".engine"));
