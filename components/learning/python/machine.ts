import {
  PYTHON_FILES,
  PYTHON_LIMITS,
  type FromWorker,
  type PythonFile,
  type PythonManifest,
  type PythonResult,
  type ToWorker,
} from "./protocol";

const PLACE = "/python/";

export type PythonProgress =
  | { readonly step: "loading"; readonly loaded: number; readonly total: number }
  | { readonly step: "starting" }
  | { readonly step: "running" };

type Files = { readonly folder: string; readonly files: Readonly<Record<PythonFile, ArrayBuffer>> };

interface Running {
  readonly worker: Worker;
  runs: number;
}

/** Python could not be loaded or started. */
export class PythonUnavailable extends Error {
  override readonly name = "PythonUnavailable";
}

/**
 * Python in this browser: its files are loaded when it is first asked for, and programs run in a worker that is ended from here
 * when a limit is reached or the learner stops it. One run at a time.
 */
export class PythonMachine {
  #files: Promise<Files> | undefined;
  /** The newest worker, whether Python has started in it or not. */
  #worker: Worker | undefined;
  #running: Running | undefined;
  #end: ((result: Pick<PythonResult, "status">) => void) | undefined;
  #lastId = 0;

  /** @throws PythonUnavailable when its files cannot be loaded or it does not start here */
  async run(
    solution: string,
    tests: string | null,
    onProgress: (progress: PythonProgress) => void,
  ): Promise<PythonResult> {
    const { worker } = await this.#ready(onProgress);
    onProgress({ step: "running" });
    const began = performance.now();
    this.#lastId += 1;
    const id = this.#lastId;
    let output = "";
    const ended = (status: PythonResult["status"], over: Partial<PythonResult> = {}): PythonResult => ({
      status,
      output: output.slice(0, PYTHON_LIMITS.outputChars),
      error: null,
      tests: [],
      ms: performance.now() - began,
      ...over,
    });
    return new Promise<PythonResult>((resolve) => {
      const over = new AbortController();
      const finish = (result: PythonResult, end: boolean): void => {
        clearTimeout(late);
        this.#end = undefined;
        over.abort();
        if (end) this.#discard();
        resolve(result);
      };
      const late = setTimeout(() => finish(ended("time"), true), PYTHON_LIMITS.runMs);
      this.#end = ({ status }) => finish(ended(status), true);
      const hear = ({ data }: MessageEvent<FromWorker>): void => {
        // Python itself fell over: what it ran had taken its stack or its memory.
        if (data.type === "broken") return finish(ended("memory"), true);
        if (data.type === "ready" || data.id !== id) return;
        if (data.type === "printed") {
          output += data.text;
          if (output.length > PYTHON_LIMITS.outputChars) finish(ended("output"), true);
          return;
        }
        const { error } = data.outcome;
        const status = error?.name === "MemoryError" ? "memory" : error ? "failed" : "finished";
        finish(ended(status, data.outcome), status === "memory");
      };
      worker.addEventListener("message", hear, { signal: over.signal });
      this.#say(worker, { type: "run", id, solution, tests });
    });
  }

  /** Ends what runs now; the next run starts Python anew. */
  stop(): void {
    if (this.#end) this.#end({ status: "stopped" });
  }

  /** For when the page goes. */
  close(): void {
    this.stop();
    this.#discard();
  }

  #discard(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#running = undefined;
  }

  #say(worker: Worker, message: ToWorker): void {
    worker.postMessage(message, []);
  }

  async #ready(onProgress: (progress: PythonProgress) => void): Promise<Running> {
    if (this.#running && this.#running.runs >= PYTHON_LIMITS.runs) this.#discard();
    if (!this.#running) {
      this.#files ??= load(onProgress);
      const { folder, files } = await this.#files.catch((error: unknown) => {
        // Tried again when it is next asked for.
        this.#files = undefined;
        throw error;
      });
      onProgress({ step: "starting" });
      this.#running = { worker: await this.#start(folder, files), runs: 0 };
    }
    this.#running.runs += 1;
    return this.#running;
  }

  #start(folder: string, files: Files["files"]): Promise<Worker> {
    const worker = new Worker(`${PLACE}worker.js`, { type: "module", name: "python" });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        clearTimeout(late);
        worker.terminate();
        reject(new PythonUnavailable(`Python does not start in this browser (${why}). You can submit all the same.`));
      };
      const late = setTimeout(() => fail("it took too long"), PYTHON_LIMITS.startMs);
      worker.addEventListener("error", (event) => fail(event.message || "its worker could not be loaded"));
      worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === "broken") return fail(data.message);
        if (data.type !== "ready") return;
        clearTimeout(late);
        resolve(worker);
      });
      this.#say(worker, { type: "start", folder, files });
    });
  }
}

async function load(onProgress: (progress: PythonProgress) => void): Promise<Files> {
  const { folder, bytes } = (await (await ask(`${PLACE}manifest.json`)).json()) as PythonManifest;
  const total = PYTHON_FILES.reduce((sum, name) => sum + bytes[name], 0);
  let loaded = 0;
  const more = (size: number): void => onProgress({ step: "loading", loaded: (loaded += size), total });
  more(0);
  const parts = await Promise.all(
    PYTHON_FILES.map(async (name) => [name, await readAll(await ask(`${PLACE}${folder}/${name}`), more)] as const),
  );
  return { folder: `${PLACE}${folder}/`, files: Object.fromEntries(parts) as Record<PythonFile, ArrayBuffer> };
}

async function ask(address: string): Promise<Response> {
  const answer = await fetch(address).catch(() => null);
  if (answer?.ok) return answer;
  throw new PythonUnavailable(
    "Python could not be loaded. Check your connection and run it again; you can submit all the same.",
  );
}

async function readAll({ body }: Response, more: (size: number) => void): Promise<ArrayBuffer> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = body?.getReader();
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
    pieces.push(piece.value);
    more(piece.value.length);
  }
  return new Blob(pieces).arrayBuffer();
}
