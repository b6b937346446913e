import { execFile } from "node:child_process";
import path from "node:path";

export const projectRoot = path.resolve(import.meta.dirname, "../..");

export interface ToolAnswer {
  /** Exit code; `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a tool of node_modules/.bin under the project's Node and waits for it. A non-zero exit is an answer, not an error.
 * @throws Error when the tool cannot be started.
 */
export function runTool(
  name: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<ToolAnswer> {
  const bin = path.join(projectRoot, "node_modules/.bin");
  return new Promise((resolve, reject) => {
    execFile(
      path.join(bin, name),
      args,
      {
        cwd: options.cwd ?? projectRoot,
        env: {
          ...process.env,
          PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}`,
          NO_COLOR: "1",
          ...options.env,
        },
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== "number" && error.signal == null) reject(error);
        else resolve({ code: error ? (typeof error.code === "number" ? error.code : null) : 0, stdout, stderr });
      },
    );
  });
}
