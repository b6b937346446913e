import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { removeState } from "../../../devstack/state.ts";

const CLI = path.resolve(import.meta.dirname, "..", "..", "..", "devstack", "cli.ts");

/** The stack's command as a process of its own, as a person runs it. */
export interface Cli {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Everything printed so far, both streams. */
  output(): string;
  /** Resolves when the output holds `text`. @throws Error when the process ends or `ms` pass before. */
  says(text: string, ms?: number): Promise<void>;
  ended: Promise<number | null>;
}

export async function temporaryState(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "devmentor-test-"));
  await chmod(folder, 0o755); // Made for us alone; as root PostgreSQL runs under another account, which must pass.
  const state = path.join(folder, "state");
  return {
    folder: state,
    async remove() {
      await removeState(state);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts `devstack <words>` on a state folder, with free ports and no variable of the caller's. */
export function cli(stateDir: string, words: readonly string[] = [], env: Record<string, string> = {}): Cli {
  const child = spawn(process.execPath, [CLI, ...words], {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      DEVSTACK_STATE_DIR: stateDir,
      DEVSTACK_PORTS: "free",
      ...env,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  let code: number | null | undefined;
  const ended = new Promise<number | null>((resolve) =>
    child.once("close", (status) => {
      code = status;
      resolve(status);
    }),
  );
  return {
    child,
    pid: child.pid ?? 0,
    output: () => text,
    ended,
    async says(wanted, ms = 60_000) {
      const deadline = Date.now() + ms;
      while (!text.includes(wanted)) {
        if (code !== undefined || Date.now() > deadline)
          throw new Error(`It never said "${wanted}" (exit code ${code}). It said:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** Runs a command to its end. */
export async function finished(
  stateDir: string,
  words: readonly string[],
  env?: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const run = cli(stateDir, words, env);
  const code = await run.ended;
  return { code, output: run.output() };
}
