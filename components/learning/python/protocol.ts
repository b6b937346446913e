/** What the page and the worker that runs Python say to each other. Both are ours; the code between them is the learner's. */

/** The files of Pyodide that the page loads, by their name, and the harness. */
export const PYTHON_FILES = ["pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json", "harness.py"] as const;
export type PythonFile = (typeof PYTHON_FILES)[number];

/** `manifest.json` beside the worker: where the files of this build are, and how large. */
export interface PythonManifest {
  /** Folder of the files: its name changes with their content. */
  readonly folder: string;
  readonly bytes: Readonly<Record<PythonFile, number>>;
}

export const PYTHON_LIMITS = {
  /** Starting Python on a slow phone. */
  startMs: 120_000,
  /** One run, tests and all. */
  runMs: 10_000,
  outputChars: 64 * 1024,
  memoryBytes: 512 * 1024 * 1024,
  /** A worker is replaced after so many runs. */
  runs: 20,
} as const;

export type ToWorker =
  | { readonly type: "start"; readonly folder: string; readonly files: Readonly<Record<PythonFile, ArrayBuffer>> }
  | { readonly type: "run"; readonly id: number; readonly solution: string; readonly tests: string | null };

interface PythonOutcome {
  readonly error: { readonly name: string; readonly message: string; readonly line: number | null } | null;
  readonly tests: readonly { readonly name: string; readonly passed: boolean; readonly message: string | null }[];
}

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "printed"; readonly id: number; readonly text: string }
  | { readonly type: "done"; readonly id: number; readonly outcome: PythonOutcome }
  | { readonly type: "broken"; readonly message: string };

/** How a run ended. `time`, `memory` and `output` are limits, `stopped` is the learner. */
export interface PythonResult extends PythonOutcome {
  readonly status: "finished" | "failed" | "time" | "memory" | "output" | "stopped";
  readonly output: string;
  readonly ms: number;
}
