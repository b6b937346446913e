import path from "node:path";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from "quickjs-emscripten-core";
import { RUN_LIMITS } from "./limits";
import type { WorkerJob, WorkerSetup } from "./protocol";
import type { RunResult } from "./schemas";

const PRELUDE = "devmentor:prelude";
const REFUSED = "devmentor:refused ";
/** Modules that foreign code may import beside its own files. */
const OPEN_MODULES: Readonly<Record<string, string>> = {
  "node:path": `import { path } from "${PRELUDE}"; export default path; export const { sep, join, resolve, normalize, relative, dirname, basename, extname, isAbsolute } = path; export const posix = path;`,
  "node:timers/promises": `import { delay } from "${PRELUDE}"; export const setTimeout = delay;`,
};
/** And those that only the file with the tests may. */
const TEST_MODULES: Readonly<Record<string, string>> = {
  "node:test": `export { test, test as it, test as default } from "${PRELUDE}";`,
  "node:assert/strict": `export { assert as default } from "${PRELUDE}";`,
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A machine that is ready for one job. */
export async function createMachine(setup: WorkerSetup): Promise<(job: WorkerJob) => RunResult> {
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule: setup.wasm }));
  return (job) => new Run(quickjs.newRuntime(), setup.prelude, job).toEnd();
}

class Run {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #prelude: string;
  readonly #job: WorkerJob;
  readonly #began = performance.now();
  readonly #lines: string[] = [];
  readonly #tests: Mutable<RunResult["tests"]> = [];
  #printed = 0;
  #timers = 0;
  #limit: "time" | "output" | null = null;

  constructor(runtime: QuickJSRuntime, prelude: string, job: WorkerJob) {
    this.#runtime = runtime;
    this.#prelude = prelude;
    this.#job = job;
    runtime.setMemoryLimit(RUN_LIMITS.memoryBytes);
    runtime.setMaxStackSize(RUN_LIMITS.stackBytes);
    runtime.setInterruptHandler(() => this.#isOver());
    runtime.setModuleLoader(
      (name) => this.#source(name),
      (from, wanted) => this.#resolve(from, wanted),
    );
    this.#context = runtime.newContext();
  }

  toEnd(): RunResult {
    const inside = this.#loadPrelude();
    const fireNext = this.#context.getProp(inside, "fireNext");
    const loaded = this.#evaluate(this.#text(this.#job.tests ?? this.#job.entry), this.#job.tests ?? this.#job.entry);
    if ("error" in loaded) return this.#failed(loaded.error);
    const program = this.#settle(loaded.value, fireNext);
    if (program) return program;
    if (this.#job.tests === null) return this.#result("finished", null);
    const limit = this.#context.newNumber(Math.min(RUN_LIMITS.tests, this.#job.firstTests ?? RUN_LIMITS.tests));
    const started = this.#context.callFunction(
      this.#context.getProp(inside, "runTests"),
      this.#context.undefined,
      limit,
    );
    if (started.error) return this.#failed(started.error);
    const leave = this.#context.getProp(inside, "leaveStuck");
    for (;;) {
      const end = this.#settle(started.value, fireNext);
      if (!end) return this.#result("finished", null);
      if (end.status !== "stuck") return end;
      const left = this.#context.callFunction(leave, this.#context.undefined);
      if (left.error) return this.#failed(left.error);
      if (this.#context.dump(left.value) !== true) return end;
    }
  }

  /** Does what is to be done, one timer after another, until `promise` is settled. @returns how it failed, or null */
  #settle(promise: QuickJSHandle, fireNext: QuickJSHandle): RunResult | null {
    for (;;) {
      const jobs = this.#runtime.executePendingJobs();
      if (jobs.error) return this.#failed(jobs.error);
      if (this.#limit) return this.#result(this.#limit, null);
      const fired = this.#context.callFunction(fireNext, this.#context.undefined);
      if (fired.error) return this.#failed(fired.error);
      if (this.#context.dump(fired.value) !== true) break;
      this.#timers += 1;
      if (this.#timers > RUN_LIMITS.timers) return this.#result("time", null);
    }
    const state = this.#context.getPromiseState(promise);
    if (state.type === "rejected") return this.#failed(state.error);
    return state.type === "pending" ? this.#result("stuck", null) : null;
  }

  #loadPrelude(): QuickJSHandle {
    const context = this.#context;
    const outside = context.newObject();
    const add = (name: string, call: (...args: QuickJSHandle[]) => QuickJSHandle): void =>
      context.setProp(outside, name, context.newFunction(name, call));
    add("print", (line) => {
      this.#print(context.getString(line));
      return context.undefined;
    });
    add("report", (name, passed, message) => {
      const text = context.getString(message).slice(0, 2_000);
      const isPassed = context.dump(passed) === true;
      this.#tests.push({
        name: context.getString(name).slice(0, 200),
        passed: isPassed,
        message: isPassed ? null : text,
      });
      return context.undefined;
    });
    add("ask", (what, ...texts) =>
      context.newString(
        ask(
          context.getString(what),
          texts.map((text) => context.getString(text)),
        ),
      ),
    );
    context.setProp(context.global, "__outside", outside);
    const loaded = this.#evaluate(this.#prelude, PRELUDE);
    if ("error" in loaded) throw new Error(`the prelude failed: ${JSON.stringify(context.dump(loaded.error))}`);
    return loaded.value;
  }

  #evaluate(text: string, name: string): { value: QuickJSHandle } | { error: QuickJSHandle } {
    const answer = this.#context.evalCode(text, name, { type: "module" });
    return answer.error ? { error: answer.error } : { value: answer.value };
  }

  #text(stem: string): string {
    return this.#job.files.find((file) => file.stem === stem)?.text ?? "";
  }

  #source(name: string): string | { error: Error } {
    const own = this.#job.files.find((file) => file.stem === name);
    if (own) return own.text;
    if (name.startsWith(REFUSED)) {
      const wanted = name.slice(REFUSED.length);
      return { error: new Error(`"${wanted}" cannot be imported: code runs here without files, network or packages.`) };
    }
    return OPEN_MODULES[name] ?? TEST_MODULES[name] ?? { error: new Error(`There is no module "${name}".`) };
  }

  /** Only own files and the few modules above exist, and the prelude only for those modules. */
  #resolve(from: string, wanted: string): string {
    if (wanted.startsWith("./")) {
      const stem = wanted.slice(2).replace(/\.(?:js|ts)$/, "");
      if (this.#job.files.some((file) => file.stem === stem)) return stem;
    }
    if (Object.hasOwn(OPEN_MODULES, wanted)) return wanted;
    if (Object.hasOwn(TEST_MODULES, wanted) && from === this.#job.tests) return wanted;
    if (wanted === PRELUDE && (Object.hasOwn(OPEN_MODULES, from) || Object.hasOwn(TEST_MODULES, from))) return wanted;
    // Said when it is loaded: QuickJS keeps no message of a resolver.
    return `${REFUSED}${wanted}`;
  }

  #print(line: string): void {
    const room = RUN_LIMITS.outputChars - this.#printed;
    if (line.length + 1 > room) this.#limit = "output";
    if (room > 0) this.#lines.push(line.slice(0, room));
    this.#printed += line.length + 1;
  }

  #isOver(): boolean {
    if (performance.now() - this.#began > Math.min(this.#job.withinMs ?? Infinity, RUN_LIMITS.interruptMs))
      this.#limit ??= "time";
    return this.#limit !== null;
  }

  #failed(handle: QuickJSHandle): RunResult {
    if (this.#limit) return this.#result(this.#limit, null);
    const thrown: unknown = this.#context.dump(handle);
    const error = describe(thrown, this.#job);
    if (error.name === "InternalError" && error.message === "out of memory") return this.#result("memory", error);
    return this.#result(error.name === "SyntaxError" && error.line !== null ? "syntax" : "failed", error);
  }

  #result(status: RunResult["status"], error: RunResult["error"]): RunResult {
    return {
      status,
      output: this.#lines.map((line) => `${line}\n`).join(""),
      error,
      tests: this.#tests,
      constructs: [],
      questions: [],
      ms: performance.now() - this.#began,
    };
  }
}

function ask(what: string, texts: readonly string[]): string {
  if (what === "url") {
    const [address = "", base = ""] = texts;
    const parsed = base === "" ? URL.parse(address) : URL.parse(address, base);
    if (!parsed) return "";
    const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = parsed;
    return JSON.stringify({ href, origin, protocol, username, password, host, hostname, port, pathname, search, hash });
  }
  const [name, ...parts] = texts;
  if (name === "join") return path.posix.join(...parts);
  if (name === "resolve") return path.posix.resolve("/app", ...parts);
  if (name === "relative")
    return path.posix.relative(path.posix.resolve("/app", parts[0] ?? ""), path.posix.resolve("/app", parts[1] ?? ""));
  if (name === "normalize") return path.posix.normalize(parts[0] ?? "");
  if (name === "dirname") return path.posix.dirname(parts[0] ?? "");
  if (name === "basename") return path.posix.basename(parts[0] ?? "", parts[1]);
  return path.posix.extname(parts[0] ?? "");
}

/** What was thrown, with the place in the learner's own files. */
function describe(thrown: unknown, job: WorkerJob): NonNullable<RunResult["error"]> {
  const is = (typeof thrown === "object" && thrown !== null ? thrown : {}) as Record<string, unknown>;
  const isError = typeof is["message"] === "string" && typeof is["name"] === "string";
  const place = /(?:\(|at )([a-z][a-z0-9-]*):(\d+)/g;
  const stems = new Map(job.files.map((file) => [file.stem, file.name]));
  const found = [...String(is["stack"] ?? "").matchAll(place)].find(([, stem]) => stems.has(stem ?? ""));
  return {
    name: isError ? String(is["name"]) : "thrown",
    message: (isError ? String(is["message"]) : shown(thrown)).slice(0, 2_000),
    file: found ? (stems.get(found[1] ?? "") ?? null) : null,
    line: found ? Math.max(1, Number(found[2])) : null,
  };
}

function shown(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  return JSON.stringify(thrown) ?? String(thrown);
}
