import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { projectRoot } from "../../support/run-tool.ts";

export interface WorkerProcess {
  readonly pid: number;
  /** Ends it at once, as the kernel or a power cut does. */
  kill(): Promise<void>;
  /** Asks it to stop. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Starts the real worker in a process of its own, with this process's environment. */
export async function startWorker(environment: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ["--conditions=react-server", "--import", "tsx", "worker/main.ts"], {
    cwd: projectRoot,
    env: { ...process.env, LOG_LEVEL: "info", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        if (line.includes("worker started")) resolve();
      });
    }
    void exited.then((code) => reject(new Error(`The worker ended with ${code}:\n${lines.join("\n")}`)));
  });
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}
