import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";

const ROOT = path.resolve(import.meta.dirname, "../..");

export interface ProductProcess {
  readonly pid: number;
  /** Sends a line and resolves with the line that answers it. */
  ask(line: string): Promise<string>;
  /** `kill -9`, as a crash does it. */
  crash(): Promise<void>;
  /** Resolves once it has ended, with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>;
  close(): Promise<void>;
}

/**
 * Runs a script that uses product code in a real process of its own. The script answers each line on its
 * standard input with one line on its standard output, and begins with the line `ready`.
 * @param script path from the project's root, or what {@link bundleScript} made
 */
export async function startProductProcess(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<ProductProcess> {
  // `react-server` is the condition under which `server-only` may be imported, as in Next.
  const file = path.resolve(ROOT, script);
  const options = file.endsWith(".mjs") ? [] : ["--conditions=react-server", "--import", "tsx"];
  const child = spawn(process.execPath, [...options, file], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const errors: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  const answer = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done) throw new Error(`${script} ended instead of answering: ${errors.join("").slice(-2_000)}`);
    return String(line.value);
  };
  const first = await answer();
  if (first !== "ready")
    throw new Error(`${script} said "${first}" instead of "ready": ${errors.join("").slice(-2_000)}`);
  let turn: Promise<unknown> = Promise.resolve();
  const end = async (signal: NodeJS.Signals) => {
    if (running(child)) child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    ended,
    ask: (line) => {
      const answered = turn.then(() => {
        child.stdin.write(`${line}\n`);
        return answer();
      });
      turn = answered.catch(() => undefined);
      return answered;
    },
    crash: () => end("SIGKILL"),
    close: () => end("SIGTERM"),
  };
}

function running(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/**
 * Bundles such a script into one file, for a test that starts it many times: it begins in a third of the time.
 * @param file where to, named `.mjs`
 */
export async function bundleScript(script: string, file: string): Promise<void> {
  await build({
    entryPoints: [path.join(ROOT, script)],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    conditions: ["react-server"],
    tsconfig: path.join(ROOT, "tsconfig.json"),
    // Packages in CommonJS ask for `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    logLevel: "silent",
  });
}
