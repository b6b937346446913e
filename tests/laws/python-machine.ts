import { readFileSync } from "node:fs";
import path from "node:path";
import { loadPyodide, type PyodideInterface } from "pyodide";
import { projectRoot } from "../support/run-tool.ts";

interface PythonRun {
  readonly output: string;
  readonly error: { readonly name: string; readonly message: string } | null;
  readonly tests: readonly { readonly name: string; readonly passed: boolean; readonly message: string | null }[];
}

/**
 * Python for content of our own, with the harness that learners' browsers run. Pyodide in Node is no sandbox: nothing of a
 * learner's may ever get here.
 */
export class PythonMachine {
  readonly #run: (solution: string, tests: string | undefined) => string;
  readonly #printed: string[] = [];

  private constructor(python: PyodideInterface) {
    const decode = new TextDecoder();
    python.setStdout({
      write: (bytes) => {
        this.#printed.push(decode.decode(bytes));
        return bytes.length;
      },
    });
    const names = python.globals.get("dict")();
    const harness = readFileSync(path.join(projectRoot, "components/learning/python/harness.py"), "utf8");
    python.runPython(harness, { globals: names });
    this.#run = names.get("run") as (solution: string, tests: string | undefined) => string;
  }

  static async start(): Promise<PythonMachine> {
    return new PythonMachine(await loadPyodide({ indexURL: path.join(projectRoot, "node_modules", "pyodide") }));
  }

  run(solution: string, tests: string | null): PythonRun {
    this.#printed.length = 0;
    const told = JSON.parse(this.#run(solution, tests ?? undefined)) as Omit<PythonRun, "output">;
    return { ...told, output: this.#printed.join("") };
  }
}
