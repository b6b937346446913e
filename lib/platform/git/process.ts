import "server-only";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { executablePath } from "@/lib/env/executable-path";
import { confined } from "./confine";

/** Why a git process did not do its work. `stderr` is git's own words: for logs, never for people. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly kind: "exit" | "timeout" | "limit" | "missing";
  readonly stderr: string;

  constructor(kind: "exit" | "timeout" | "limit" | "missing", message: string, stderr = "") {
    super(stderr ? `${message}: ${stderr.trim().slice(0, 600)}` : message);
    this.kind = kind;
    this.stderr = stderr;
  }
}

/** A credential for one origin. It travels in the child's environment only: never in argv, URL, file or log. */
export interface GitCredential {
  readonly origin: string;
  readonly token: string;
}

export interface GitCommand {
  readonly args: readonly string[];
  /** `key=value` settings given with `-c`; nothing secret. */
  readonly config?: readonly string[];
  readonly credential?: GitCredential | undefined;
  readonly timeoutMs: number;
  /** Ends it, and all its children, when the caller gives up. */
  readonly signal?: AbortSignal | undefined;
}

/** Settings of every git process: no hook, no helper, no link, no protocol but what a caller allows. */
const ALWAYS = [
  "protocol.allow=never",
  "core.hooksPath=/dev/null",
  "core.symlinks=false",
  "core.protectHFS=true",
  "core.protectNTFS=true",
  "core.fsmonitor=false",
  "submodule.recurse=false",
  "credential.helper=",
  "http.followRedirects=false",
  "http.lowSpeedLimit=1000",
  "http.lowSpeedTime=10",
  "gc.auto=0",
  "maintenance.auto=false",
];

const FILE_BYTES = 1024 ** 3;
const MEMORY_BYTES = 4 * 1024 ** 3;
const CPU_SECONDS = 120;
const STDERR_KEPT = 8_192;

let ownGroup = true;

/**
 * From now on git joins this process's own group, whose limits are set: whoever kills the group ends both. For a
 * process that is started to read one repository and is killed as a whole.
 */
export function keepGitInOwnGroup(): void {
  ownGroup = false;
}

/** A git process that runs. `done` settles when it has ended; `stop` kills it and all its children. */
export interface RunningGit {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly done: Promise<void>;
  stop(): void;
}

/**
 * Starts git with a bare environment in a process group of its own, so that ending it ends
 * `git-remote-https` too.
 */
export function startGit(command: GitCommand): RunningGit {
  const argv = [
    ...confined(
      ownGroup
        ? { fileBytes: FILE_BYTES, addressBytes: MEMORY_BYTES, cpuSeconds: CPU_SECONDS }
        : { addressBytes: MEMORY_BYTES },
    ),
    "git",
    ...[...ALWAYS, ...(command.config ?? [])].flatMap((setting) => ["-c", setting]),
    ...command.args,
  ];
  const [program = "git", ...rest] = argv;
  const child = spawn(program, rest, {
    env: bareEnv(environment(command.credential)),
    detached: ownGroup,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stderr = "";
  let reason: "timeout" | "stopped" | undefined;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  // A reader that stops early closes the pipe; the exit code says what matters.
  child.stdin.on("error", () => undefined);
  const killGroup = (why: "timeout" | "stopped"): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    reason ??= why;
    try {
      process.kill(ownGroup ? -child.pid : child.pid, "SIGKILL");
    } catch (error) {
      // ESRCH: the group ended by itself between the check and the kill, which is what we want.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  const timer = setTimeout(() => killGroup("timeout"), command.timeoutMs);
  const giveUp = (): void => killGroup("timeout");
  if (command.signal?.aborted) giveUp();
  command.signal?.addEventListener("abort", giveUp, { once: true });
  const done = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(new GitError("missing", `git cannot be started (${error.message})`)));
    child.once("close", (code) => {
      if (reason === "timeout")
        reject(
          new GitError(
            "timeout",
            `git ${command.args[0]} took longer than its caller waits (at most ${command.timeoutMs} ms)`,
            stderr,
          ),
        );
      else if (reason === "stopped" || code === 0) resolve();
      else reject(new GitError("exit", `git ${command.args[0]} ended with ${code ?? child.signalCode}`, stderr));
    });
  }).finally(() => {
    clearTimeout(timer);
    command.signal?.removeEventListener("abort", giveUp);
  });
  // Whoever reads the stream awaits `done` later; until then a failure is not an unhandled one.
  done.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, done, stop: () => killGroup("stopped") };
}

/**
 * Runs git to its end and returns what it wrote.
 * @throws GitError; `limit` when it wrote more than `maxBytes`.
 */
export async function runGit(command: GitCommand & { readonly maxBytes: number }): Promise<Buffer> {
  const git = startGit(command);
  git.stdin.end();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of git.stdout as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > command.maxBytes) {
      git.stop();
      await git.done;
      throw new GitError("limit", `git ${command.args[0]} wrote more than ${command.maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  await git.done;
  return Buffer.concat(chunks);
}

/** Writes to a process, waiting while its pipe is full. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (stream.destroyed || stream.write(text)) return;
  await Promise.race([once(stream, "drain"), once(stream, "close")]);
}

/** Next's types want NODE_ENV in every environment; git gets none. */
function bareEnv(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return variables as NodeJS.ProcessEnv;
}

function environment(credential: GitCredential | undefined): Record<string, string> {
  const bare = {
    PATH: executablePath(),
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    GIT_OPTIONAL_LOCKS: "0",
  } as const;
  if (!credential) return bare;
  const basic = Buffer.from(`x-access-token:${credential.token}`).toString("base64");
  return {
    ...bare,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${credential.origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}
