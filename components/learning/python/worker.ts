import type { PyodideInterface } from "pyodide";
import { PYTHON_LIMITS, type FromWorker, type PythonFile, type ToWorker } from "./protocol";

/**
 * The worker in the learner's browser that runs Python. It is a file of its own (`scripts/python.ts`), whose content security policy
 * (`next.config.ts`) lets it reach no network at all: what Pyodide needs comes from the page. This is no sandbox for hostile code:
 * it keeps a learner's own mistakes from hurting their page, and the page ends it from outside.
 */
type Scope = {
  addEventListener(type: "message", listen: (event: { readonly data: ToWorker }) => void): void;
  postMessage(message: FromWorker, transfer: readonly []): void;
} & Record<string, unknown>;

const scope = globalThis as unknown as Scope;
const say = (message: FromWorker): void => scope.postMessage(message, []);

/** What a program could reach the page's world by, taken away once Python has started. */
const TAKEN_AWAY = [
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "EventSource",
  "WebTransport",
  "BroadcastChannel",
  "MessageChannel",
  "Worker",
  "SharedWorker",
  "indexedDB",
  "caches",
  "importScripts",
  "navigator",
  "cookieStore",
] as const;

const TYPES: Readonly<Partial<Record<PythonFile, string>>> = {
  "pyodide.asm.wasm": "application/wasm",
  "python_stdlib.zip": "application/zip",
};

let python: PyodideInterface | undefined;
let run: ((solution: string, tests: string | undefined) => string) | undefined;
let current = 0;
let printed = 0;

function print(text: string): void {
  const room = PYTHON_LIMITS.outputChars - printed;
  // One more than the limit is told, so that the page knows and ends it.
  if (room < 0) return;
  printed += text.length;
  say({ type: "printed", id: current, text: text.slice(0, room + 1) });
}

/** Growing beyond the limit fails, which Python takes for a lack of memory. */
function limitMemory(): void {
  const { prototype } = WebAssembly.Memory;
  const grow = prototype.grow;
  prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
    if (this.buffer.byteLength + pages * 65_536 > PYTHON_LIMITS.memoryBytes)
      throw new RangeError("The memory that a program may use here is used up.");
    return grow.call(this, pages);
  };
}

async function start(folder: string, files: Readonly<Record<PythonFile, ArrayBuffer>>): Promise<void> {
  limitMemory();
  // The policy lets nothing be fetched: what Pyodide asks for is here already.
  scope["fetch"] = (asked: string | URL | Request): Promise<Response> => {
    const name = (asked instanceof Request ? asked.url : String(asked)).split("/").at(-1) as PythonFile;
    const bytes = files[name];
    const headers = { "Content-Type": TYPES[name] ?? "application/octet-stream" };
    return Promise.resolve(bytes ? new Response(bytes, { headers }) : new Response(null, { status: 404 }));
  };
  const { loadPyodide } = (await import(/* @vite-ignore */ `${folder}pyodide.mjs`)) as typeof import("pyodide");
  const text = (name: PythonFile): string => new TextDecoder().decode(files[name]);
  python = await loadPyodide({
    indexURL: folder,
    lockFileContents: text("pyodide-lock.json"),
    packageBaseUrl: folder,
    // What `import js` would lead to: nothing.
    jsglobals: Object.create(null) as object,
  });
  const decode = new TextDecoder();
  const stream = {
    write: (bytes: Uint8Array): number => {
      print(decode.decode(bytes, { stream: true }));
      return bytes.length;
    },
  };
  python.setStdout(stream);
  python.setStderr(stream);
  python.setStdin({ error: true });
  const names = python.globals.get("dict")();
  python.runPython(text("harness.py"), { globals: names });
  run = names.get("run") as typeof run;
  names.get("close")();
  for (const name of TAKEN_AWAY)
    Object.defineProperty(scope, name, { value: undefined, writable: false, configurable: false });
}

scope.addEventListener("message", ({ data }) => {
  if (data.type === "start") {
    start(data.folder, data.files).then(
      () => say({ type: "ready" }),
      (error: unknown) => say({ type: "broken", message: error instanceof Error ? error.message : String(error) }),
    );
    return;
  }
  current = data.id;
  printed = 0;
  try {
    const outcome = JSON.parse(run?.(data.solution, data.tests ?? undefined) ?? "null") as (FromWorker & {
      type: "done";
    })["outcome"];
    say({ type: "done", id: data.id, outcome });
  } catch (error) {
    // Python itself fell over: its stack or its memory.
    say({ type: "broken", message: error instanceof Error ? error.message : String(error) });
  }
});
