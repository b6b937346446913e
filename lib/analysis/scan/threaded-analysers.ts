import "server-only";
import { Worker } from "node:worker_threads";
import type { RepositoryFacts } from "../engine";
import type { SourceFile } from "../source";
import type { Parsed } from "../syntax/parser";
import type { Analysers, AnalysersFound } from "./analysers";
import type { FromSecond, SecondThreadData, SentFile, ToSecond } from "./second-thread";

/** Bytes of texts and trees that one message carries; a message costs about as much as a small file. */
const PORTION = 256 * 1024;
/** Bytes that wait for the second thread at most, before the first one stops reading. */
const MOST_WAITING = 8 * 1024 * 1024;
/** How often the first thread looks which file the second one is at, while it waits for it. */
const LOOK_MS = 50;

/** The second thread is out of its own heap: a limit, and over a file that is known. */
export class SecondThreadOutOfMemory extends Error {
  override readonly name = "SecondThreadOutOfMemory";
}

/**
 * Analysers in a second thread: files are handed over in their order, so that the result is the one of
 * {@link import("./analysers").createAnalysers} to the last number. Whoever is told the file that is looked at (`at`) is
 * told the second thread's whenever the first one has to wait for it.
 */
export class ThreadedAnalysers implements Analysers {
  readonly #worker: Worker;
  readonly #at = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  readonly #sayAt: (path: string) => void;
  readonly #grammars = new Set<string>();
  /** Files that the second thread may be at, by index. */
  readonly #paths = new Map<number, string>();
  #files = 0;
  #portion: SentFile[] = [];
  #portionWeight = 0;
  #waiting = 0;
  #found: AnalysersFound | null = null;
  #failure: Error | null = null;
  #wake: () => void = () => undefined;

  /**
   * Starts the thread; it loads while others work.
   * @param entry the bundle of the child, which knows that it is not the first thread
   * @param heapMiB JavaScript's heap of the thread
   */
  constructor(entry: URL, heapMiB: number, sayAt: (path: string) => void) {
    this.#sayAt = sayAt;
    this.#worker = new Worker(entry, {
      workerData: { at: this.#at } satisfies SecondThreadData,
      resourceLimits: { maxOldGenerationSizeMb: heapMiB },
      execArgv: [],
      env: {},
    });
    // Whatever ends the first thread ends this one; while it is waited for, a timer runs.
    this.#worker.unref();
    this.#worker.on("message", (message: FromSecond) => {
      if (message.type === "found") this.#found = message.found;
      else this.#waiting -= message.weight;
      this.#wake();
    });
    this.#worker.on("error", (error: Error & { code?: string }) => {
      const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      this.#failure ??= outOfMemory ? new SecondThreadOutOfMemory(error.message, { cause: error }) : error;
      this.#wake();
    });
  }

  /** To be called once, before the first file. */
  begin(about: RepositoryFacts): void {
    this.#send({ type: "about", about });
  }

  async add(file: SourceFile, parsed: Parsed | null): Promise<void> {
    const tree = parsed?.ok ? parsed.tree : null;
    if (tree && !this.#grammars.has(tree.grammar.name)) {
      const { name, family, kinds, named, fieldIds } = tree.grammar;
      this.#grammars.add(name);
      this.#send({ type: "grammar", facts: { name, family, kinds, named, fieldIds } });
    }
    const index = this.#files;
    this.#files += 1;
    this.#paths.set(index, file.path);
    this.#portion.push({
      index,
      file,
      parsed: tree ? { grammar: tree.grammar.name, columns: tree.columns } : parsed?.ok === false ? parsed : null,
    });
    this.#portionWeight += file.text.length + (tree?.columns.kind.buffer.byteLength ?? 0) + 256;
    if (this.#portionWeight >= PORTION) this.#sendPortion();
    await this.#until(() => this.#waiting <= MOST_WAITING);
  }

  async finish(): Promise<AnalysersFound> {
    this.#sendPortion();
    this.#send({ type: "finish" });
    await this.#until(() => this.#found !== null);
    if (!this.#found) throw new Error("the second thread ended without a result");
    return this.#found;
  }

  #sendPortion(): void {
    if (this.#portion.length === 0) return;
    const columns = this.#portion.flatMap(({ parsed }) =>
      parsed && "columns" in parsed ? [parsed.columns.kind.buffer as ArrayBuffer] : [],
    );
    this.#waiting += this.#portionWeight;
    this.#send({ type: "files", files: this.#portion, weight: this.#portionWeight }, columns);
    this.#portion = [];
    this.#portionWeight = 0;
  }

  #send(message: ToSecond, handOver: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, handOver);
  }

  async #until(done: () => boolean): Promise<void> {
    let said = -1;
    for (;;) {
      if (this.#failure) {
        this.#sayAt(this.#pathAt(Atomics.load(this.#at, 0)));
        throw this.#failure;
      }
      if (done()) return;
      // Said once for each file: whoever waits for a sign must not take ours for the second thread's.
      const at = Atomics.load(this.#at, 0);
      if (at !== said) this.#sayAt(this.#pathAt(at));
      said = at;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #pathAt(index: number): string {
    for (const known of this.#paths.keys()) {
      if (known >= index) break;
      this.#paths.delete(known);
    }
    return this.#paths.get(index) ?? "";
  }
}
