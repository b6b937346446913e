import "server-only";
import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { bareEnvironment, confined } from "@/lib/platform/git/confine";
import type { LimitHit } from "../schemas";
import type { ChildLimits } from "./limits";
import { scanMessageSchema, type ScanMessage, type ScanRequest } from "./protocol";

/** Why a child did not come to its end. */
export type ChildEnd =
  | { readonly kind: "done" }
  /** A limit of ours ended it, or it fell over by itself (`crash`), while it looked at `path`. */
  | { readonly kind: "limit"; readonly hit: LimitHit; readonly path: string | null; readonly detail: string }
  | { readonly kind: "failed"; readonly message: string };

const WATCH_MS = 100;
const STDERR_KEPT = 4_096;
/** The longest single message: what one phase found, as JSON. */
const LINE_BYTES = 16 * 1024 * 1024;

/**
 * The folder with the bundled child and the grammars, as `scripts/engine.ts` writes it beside the server. Called late:
 * the standalone server changes into its folder first.
 */
export function engineFolder(): string {
  return path.join(/*turbopackIgnore: true*/ process.cwd(), ".engine");
}

/**
 * Starts the child on one clone and waits for its end. It runs in a process group of its own with a bare environment
 * and dies with us; whatever it does, it is ended at its limits.
 * @param onMessage is told everything but `at`, in order; the child is held up while it works
 * @throws what `onMessage` throws, after the child is gone
 */
export async function runChild(o: {
  readonly folder: string;
  readonly request: ScanRequest;
  readonly limits: ChildLimits;
  readonly signal?: AbortSignal | undefined;
  readonly onMessage: (message: Exclude<ScanMessage, { type: "at" }>) => Promise<void> | void;
}): Promise<ChildEnd> {
  o.signal?.throwIfAborted();
  const child = start(o.folder, o.limits);
  const watch = new Watch(child, o.limits);
  const leave = (): void => watch.end(null);
  o.signal?.addEventListener("abort", leave, { once: true });
  const closed = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  closed.catch(() => undefined);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-STDERR_KEPT)));
  child.stdin?.on("error", () => undefined).end(JSON.stringify(o.request));
  let last: ScanMessage["type"] | null = null;
  let at: string | null = null;
  let failure: string | null = null;
  try {
    for await (const message of messages(child.stdio[3] as Readable, o.limits)) {
      watch.alive();
      last = message.type;
      if (message.type === "at") at = message.path === "" ? null : message.path;
      else if (message.type === "failed") failure = message.message;
      else await watch.pausedFor(async () => o.onMessage(message));
    }
  } catch (error) {
    watch.end(null);
    await closed;
    if (!(error instanceof ProtocolBroken)) throw error;
    return { kind: "limit", hit: { limit: "crash", value: 0 }, path: at, detail: error.message };
  } finally {
    o.signal?.removeEventListener("abort", leave);
    watch.close();
    // Whatever became of the child itself, nothing of its group stays behind.
    killGroup(child);
  }
  const { code, signal } = await closed;
  o.signal?.throwIfAborted();
  if (watch.hit) return { kind: "limit", hit: watch.hit, path: at, detail: `ended at its limit (${watch.hit.limit})` };
  if (failure !== null) return { kind: "failed", message: failure };
  if (code === 0 && last === "done") return { kind: "done" };
  return { kind: "limit", hit: causeOf(signal, stderr, o.limits), path: at, detail: `${code ?? signal}: ${stderr}` };
}

function start(folder: string, limits: ChildLimits): ChildProcess {
  const argv = [
    ...confined({ fileBytes: 0, cpuSeconds: limits.cpuSeconds }),
    process.execPath,
    `--max-old-space-size=${limits.heapMiB}`,
    path.join(/*turbopackIgnore: true*/ folder, "analysis.mjs"),
  ];
  const [program = process.execPath, ...args] = argv;
  return spawn(program, args, {
    cwd: "/",
    env: bareEnvironment(),
    detached: true,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // ESRCH: all of it has ended, which is what we want.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The kernel's own limit, or V8's: they end the child without asking us. */
function causeOf(signal: NodeJS.Signals | null, stderr: string, limits: ChildLimits): LimitHit {
  if (signal === "SIGXCPU") return { limit: "cpu", value: limits.cpuSeconds * 1_000 };
  if (/heap out of memory|Allocation failed|Array buffer allocation failed|out of memory/i.test(stderr))
    return { limit: "memory", value: limits.heapMiB * 1024 * 1024 };
  return { limit: "crash", value: 0 };
}

/** Ends the child when it takes too long, moves too little or grows too large. */
class Watch {
  hit: LimitHit | null = null;
  readonly #child: ChildProcess;
  readonly #limits: ChildLimits;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  #lastSign = performance.now();
  #pausedMs = 0;
  #paused = false;

  constructor(child: ChildProcess, limits: ChildLimits) {
    this.#child = child;
    this.#limits = limits;
    this.#timer = setInterval(() => void this.#look(), WATCH_MS);
  }

  alive(): void {
    this.#lastSign = performance.now();
  }

  /** What we do with a message is not the child's time. */
  async pausedFor(work: () => Promise<void>): Promise<void> {
    const began = performance.now();
    this.#paused = true;
    try {
      await work();
    } finally {
      this.#paused = false;
      this.#pausedMs += performance.now() - began;
      this.alive();
    }
  }

  end(hit: LimitHit | null): void {
    this.hit ??= hit;
    killGroup(this.#child);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const now = performance.now();
    const { wallMs, stallMs, memoryBytes } = this.#limits;
    if (!this.#paused && now - this.#began - this.#pausedMs > wallMs) return this.end({ limit: "time", value: wallMs });
    if (!this.#paused && now - this.#lastSign > stallMs) return this.end({ limit: "time", value: stallMs });
    const resident = await residentBytes(this.#child.pid);
    if (resident > memoryBytes) this.end({ limit: "memory", value: memoryBytes });
  }
}

const PAGE_BYTES = 4096;

/** Resident memory of a process; 0 where there is no /proc (macOS), where V8's own limit is all there is. */
async function residentBytes(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  const statm = await readFile(/*turbopackIgnore: true*/ `/proc/${pid}/statm`, "latin1").catch(() => "");
  return Number(statm.split(" ")[1] ?? 0) * PAGE_BYTES;
}

/** The child said something that is no message of ours, or too much: it is not itself any more. */
class ProtocolBroken extends Error {
  override readonly name = "ProtocolBroken";
}

async function* messages(stream: Readable, limits: ChildLimits): AsyncGenerator<ScanMessage> {
  let pieces: Buffer[] = [];
  let held = 0;
  let total = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > limits.messageBytes) throw new ProtocolBroken(`more than ${limits.messageBytes} bytes of messages`);
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      yield parse(Buffer.concat(pieces));
      pieces = [];
      held = 0;
      start = end + 1;
    }
    pieces.push(chunk.subarray(start));
    held += chunk.length - start;
    if (held > LINE_BYTES) throw new ProtocolBroken(`a message of more than ${LINE_BYTES} bytes`);
  }
}

function parse(line: Buffer): ScanMessage {
  try {
    const value: unknown = JSON.parse(line.toString("utf8"));
    // By far the most messages, and nothing to check twice in them.
    if (isAt(value)) return value;
    return scanMessageSchema.parse(value);
  } catch (error) {
    throw new ProtocolBroken(`a message that is not ours: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isAt(value: unknown): value is Extract<ScanMessage, { type: "at" }> {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    value.type === "at" &&
    "path" in value &&
    typeof value.path === "string"
  );
}
