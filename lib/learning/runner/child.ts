import { readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { RUN_LIMITS } from "./limits";
import { ownCodeQuestions } from "../bloom/own-code-questions";
import { constructsIn } from "./constructs";
import { toPlain, type Plain } from "./plain";
import { createPythonReader, type PythonReader } from "./python";
import { runMessageSchema, type AnswerMessage, type WorkerJob, type WorkerSetup } from "./protocol";
import type { RunRequest, RunResult } from "./schemas";

/**
 * The process that runs foreign code: each piece in a worker of its own, which is used once. It holds nothing worth
 * taking, and its parent kills it when it does not answer. Bundled by `scripts/engine.ts`.
 */
const MESSAGES = 3;
const folder = import.meta.dirname;
const setup: WorkerSetup = {
  wasm: new WebAssembly.Module(readFileSync(path.join(folder, "quickjs.wasm"))),
  prelude: readFileSync(path.join(folder, "runner-prelude.js"), "utf8"),
};

function say(message: AnswerMessage): void {
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < line.length;) {
    try {
      sent += writeSync(MESSAGES, line, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function startWorker(): { worker: Worker; ready: Promise<void> } {
  const worker = new Worker(path.join(folder, "runner-worker.mjs"), {
    workerData: setup,
    env: {},
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, codeRangeSizeMb: 16, stackSizeMb: 32 },
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the worker ended before it began")));
  });
  ready.catch(() => undefined);
  return { worker, ready };
}

/** The next one is made ready while nobody waits for it. */
let next = startWorker();
let used = false;

const ended = (status: RunResult["status"], ms: number, error: RunResult["error"] = null): RunResult => ({
  status,
  output: "",
  error,
  tests: [],
  constructs: [],
  questions: [],
  ms,
});

let python: Promise<PythonReader> | undefined;

async function run(request: RunRequest): Promise<RunResult> {
  const began = performance.now();
  if (request.entry.endsWith(".py")) {
    python ??= createPythonReader(folder);
    return (await python)(request);
  }
  const plain = toPlain(request);
  if ("error" in plain) return ended("syntax", performance.now() - began, plain.error);
  used = true;
  const { worker, ready } = next;
  await ready;
  const stem = (name: string): string => name.replace(/\.(?:js|ts)$/, "");
  const job: WorkerJob = {
    files: plain.files,
    entry: stem(request.entry),
    tests: request.tests === null ? null : stem(request.tests),
    ...(request.firstTests === undefined ? {} : { firstTests: request.firstTests }),
    ...(request.withinMs === undefined ? {} : { withinMs: request.withinMs }),
  };
  const result = await new Promise<RunResult>((resolve) => {
    const late = setTimeout(() => resolve(ended("time", RUN_LIMITS.terminateMs)), RUN_LIMITS.terminateMs);
    const finish = (result: RunResult): void => {
      clearTimeout(late);
      resolve(result);
    };
    worker.once("message", finish);
    worker.once("error", (error: NodeJS.ErrnoException) =>
      finish(ended(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "memory" : "crashed", performance.now() - began)),
    );
    worker.once("exit", () => finish(ended("crashed", performance.now() - began)));
    worker.postMessage(job, []);
  });
  await worker.terminate();
  return withConstructs(inOwnLines(result, plain), request);
}

function withConstructs(result: RunResult, { constructsOf, files }: RunRequest): RunResult {
  const file = files.find(({ name }) => name === constructsOf);
  if (!file) return result;
  const questions = result.status === "finished" ? ownCodeQuestions(file.name, file.text) : [];
  return { ...result, constructs: constructsIn(file.name, file.text), questions };
}

/** An error's place in the text that the learner wrote, before its types were taken away. */
function inOwnLines(result: RunResult, plain: Plain): RunResult {
  const { error } = result;
  const lineOf = error?.file ? plain.lineOf.get(error.file) : undefined;
  if (!error || error.line === null || !lineOf) return result;
  return { ...result, error: { ...error, line: lineOf(error.line) } };
}

// The compiler's first file is its slowest.
toPlain({
  files: [{ name: "warm.ts", text: "export const warm: boolean = true;" }],
  entry: "warm.ts",
  tests: null,
  constructsOf: null,
});
await next.ready;
say({ type: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
  const { id, request } = runMessageSchema.parse(JSON.parse(line));
  const result = await run(request);
  say({ type: "result", id, result });
  if (used) next = startWorker();
  used = false;
}
process.exit(0);
