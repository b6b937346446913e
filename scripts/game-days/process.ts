import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process of the stack that can be killed and started again, with the same words and the same port. */
export class Process {
  readonly #name: string;
  readonly #words: readonly string[];
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #said: string[] = [];

  /** @param words what Node runs; it says a line that begins with `ready` once it answers */
  constructor(name: string, words: readonly string[], env: Readonly<Record<string, string>>) {
    this.#name = name;
    this.#words = words;
    this.#env = { ...env };
  }

  get runs(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The end of what it said. */
  get said(): string {
    return this.#said.join("").slice(-4_000);
  }

  /** The most memory that it had at once so far, in MB. */
  peakMb(): number {
    const kb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))?.[1];
    return Number(kb) / 1024;
  }

  /** Changes its environment from its next start on. */
  setEnv(change: Readonly<Record<string, string>>): void {
    Object.assign(this.#env, change);
  }

  async start(): Promise<void> {
    if (this.runs) return;
    const child = spawn(process.execPath, [...this.#words], {
      env: { NODE_ENV: "production", ...this.#env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    child.stdin.on("error", () => undefined);
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
    const ready = new Promise<boolean>((resolve) => {
      const hear = (chunk: Buffer): void => {
        const text = chunk.toString();
        this.#said.push(text);
        if (this.#said.length > 200) this.#said.shift();
        if (/^ready/m.test(text)) resolve(true);
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
    });
    if (!(await Promise.race([ready, this.#ended.then(() => false)])))
      throw new Error(`The ${this.#name} ended before it was ready: ${this.said}`);
  }

  /** SIGKILL by default: as a crash does it. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.runs) this.#child?.kill(signal);
    await this.#ended;
  }
}
