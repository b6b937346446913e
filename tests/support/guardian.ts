import { spawn } from "node:child_process";
import path from "node:path";

export interface Guardian {
  /** A process group to end, should this process be killed. */
  group(pid: number): void;
  /** A folder to remove, should this process be killed. */
  folder(folder: string): void;
  /** Everything was cleaned up; the guardian goes. */
  end(): void;
}

/** Starts the process that cleans up when this one is killed; see guardian.mjs. */
export function startGuardian(): Guardian {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "guardian.mjs")], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  const tell = (line: string) => {
    child.stdin.write(`${line}\n`);
  };
  return {
    group: (pid) => tell(`group ${pid}`),
    folder: (folder) => tell(`folder ${folder}`),
    end: () => {
      child.stdin.end("done\n");
    },
  };
}
