import "server-only";
import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { bareEnvironment, confined } from "@/lib/platform/git/confine";
import { RUN_LIMITS, RUNS_PER_PROCESS } from "./limits";
import { answerMessageSchema } from "./protocol";
import type { RunRequest, RunResult } from "./schemas";

const WATCH_MS = 100;
/** On a busy machine Node and the worker take their time. */
const READY_MS = 30_000;
const PAGE_BYTES = 4096;

/** A process that could not be started or did not say that it is ready. */
export class RunnerFailed extends Error {
  override readonly name = "RunnerFailed";
}

/**
 * One process that runs foreign code, one piece at a time. It has an empty environment, may read its own folder and
 * start threads, nothing else (Node's permission model), and dies with us.
 */
export class RunnerProcess {
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  #answer: ((result: RunResult) => void) | null = null;
  #runs = 0;
  #gone = false;
  #stderr = "";

  constructor(folder: string) {
    const [program = process.execPath, ...args] = [
      ...confined({ fileBytes: 0 }),
      process.execPath,
      "--permission",
      `--allow-fs-read=${folder}`,
      "--allow-worker",
      "--disable-warning=SecurityWarning",
      "--max-old-space-size=256",
      path.join(/*turbopackIgnore: true*/ folder, "runner.mjs"),
    ];
    const child = spawn(program, args, {
      cwd: "/",
      env: bareEnvironment(),
      detached: true,
      stdio: ["pipe", "ignore", "pipe", "pipe"],
    });
    this.#child = child;
    // An idle process keeps nobody alive.
    child.unref();
    for (const stream of [child.stdin, child.stderr, child.stdio[3]])
      (stream as unknown as { unref?: () => void } | null)?.unref?.();
    child.stdin?.on("error", () => undefined);
    child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => (this.#stderr = (this.#stderr + text).slice(-2_000)));
    this.#ready = new Promise((resolve, reject) => {
      createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => this.#hear(line, resolve));
      const fail = (why: string): void => {
        this.#gone = true;
        this.#settle("crashed");
        reject(new RunnerFailed(`The process that runs code ended (${why}): ${this.#stderr}`));
      };
      child.once("error", (error) => fail(error.message));
      child.once("close", (code, signal) => fail(String(code ?? signal)));
    });
    this.#ready.catch(() => undefined);
  }

  /** Whether it may be given another piece. */
  get usable(): boolean {
    return !this.#gone && this.#runs < RUNS_PER_PROCESS;
  }

  /** @throws RunnerFailed when it could not be started */
  async run(request: RunRequest): Promise<RunResult> {
    await this.#untilReady();
    const began = performance.now();
    this.#runs += 1;
    const answered = new Promise<RunResult>((resolve) => (this.#answer = resolve));
    const late = setTimeout(() => this.#kill("time"), RUN_LIMITS.killMs);
    const watch = setInterval(() => void this.#watchMemory(), WATCH_MS);
    this.#child.stdin?.write(`${JSON.stringify({ id: this.#runs, request })}\n`);
    try {
      const result = await answered;
      return { ...result, ms: performance.now() - began };
    } finally {
      clearTimeout(late);
      clearInterval(watch);
    }
  }

  end(): void {
    this.#kill("crashed");
  }

  /** The timer also keeps our own process alive meanwhile: the child does not. */
  async #untilReady(): Promise<void> {
    const late = setTimeout(() => this.#kill("crashed"), READY_MS);
    try {
      await this.#ready;
    } finally {
      clearTimeout(late);
    }
  }

  #hear(line: string, ready: () => void): void {
    try {
      const message = answerMessageSchema.parse(JSON.parse(line));
      if (message.type === "ready") ready();
      else if (message.id === this.#runs) {
        this.#answer?.(message.result);
        this.#answer = null;
      }
    } catch {
      // It says what we never taught it: it is not itself any more.
      this.#kill("crashed");
    }
  }

  #settle(status: "time" | "memory" | "crashed"): void {
    this.#answer?.({ status, output: "", error: null, tests: [], constructs: [], questions: [], ms: 0 });
    this.#answer = null;
  }

  #kill(status: "time" | "memory" | "crashed"): void {
    this.#gone = true;
    this.#settle(status);
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  async #watchMemory(): Promise<void> {
    const statm = await readFile(/*turbopackIgnore: true*/ `/proc/${this.#child.pid}/statm`, "latin1").catch(() => "");
    if (Number(statm.split(" ")[1] ?? 0) * PAGE_BYTES > RUN_LIMITS.residentBytes) this.#kill("memory");
  }
}
