import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { planting } from "./mutants.ts";
import type { Mutant } from "./planted/mutant.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HERE = import.meta.dirname;

/**
 * Bundles the application's process (product-host.ts) into a folder, once for all seeds. Routes are pieces of their own, loaded when
 * they are first called.
 * @param mutant a bug that is planted in it
 * @returns the file to run
 */
export async function bundleProduct(folder: string, mutant: Mutant | null = null): Promise<string> {
  const scope = path.join(HERE, "next-scope.ts");
  await build({
    entryPoints: [path.join(HERE, "product-host.ts")],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22",
    jsx: "automatic",
    tsconfig: path.join(ROOT, "tsconfig.json"),
    alias: {
      "next/server": scope,
      "next/headers": scope,
      "next/cache": scope,
      // It throws outside Next unless its empty twin is taken.
      "server-only": path.join(ROOT, "node_modules/server-only/empty.js"),
    },
    // Packages in CommonJS ask for `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [planting(mutant)],
    logLevel: "silent",
  });
  return path.join(folder, "product-host.mjs");
}

export interface Reply {
  /** 0: no answer came. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Request {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  /** Whose address the proxy in front saw. */
  readonly address?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** The application of a seed: one process that dies and is started again on its port. */
export class Product {
  readonly #script: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #port = 0;
  #aheadMs = 0;
  #armed = false;
  readonly #said: string[] = [];
  /** Where failpoints killed it, in order. */
  readonly died: string[] = [];

  /** @param env all of its environment but the port and the time */
  constructor(script: string, env: Readonly<Record<string, string>>) {
    this.#script = script;
    this.#env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get runs(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of what it logged. */
  get said(): string {
    return this.#said.join("").slice(-4_000);
  }

  /** Starts it unless it runs; on its port from the second time on. */
  async start(): Promise<void> {
    if (this.runs) return;
    const child = spawn(process.execPath, [this.#script], {
      env: {
        ...this.#env,
        NODE_ENV: "production",
        PORT: String(this.#port),
        SIMULATION_AHEAD_MS: String(this.#aheadMs),
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.on("error", () => undefined);
    const keep = (text: string): void => {
      this.#said.push(text);
      if (this.#said.length > 200) this.#said.shift();
    };
    child.stderr.on("data", (chunk: Buffer) => {
      const text = chunk.toString();
      keep(text);
      for (const [, point = ""] of text.matchAll(/^failpoint (.+)$/gm)) this.died.push(point);
    });
    this.#child = child;
    this.#armed = false;
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
    const lines = createInterface({ input: child.stdout });
    const port = await Promise.race([
      new Promise<number>((resolve) => {
        lines.on("line", (line) => {
          const ready = /^ready (\d+)$/.exec(line);
          if (ready) resolve(Number(ready[1]));
          else keep(`${line}\n`);
        });
      }),
      this.#ended.then(() => null),
    ]);
    if (port === null) throw new Error(`The application ended before it was ready: ${this.said}`);
    this.#port = port;
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.runs) this.#child?.kill(signal);
    await this.#ended;
  }

  /** Sets its clock ahead of the machine's, now and when it is started again. */
  async setAhead(ms: number): Promise<void> {
    this.#aheadMs = ms;
    await this.#host("clock", { aheadMs: ms });
  }

  /** Has it die when the n-th call to the outside from now on is answered; null: not any more. */
  async arm(nth: number | null): Promise<void> {
    if (nth === null && !this.#armed) return;
    this.#armed = nth !== null;
    await this.#host("failpoint", { failpoint: nth === null ? null : String(nth) });
  }

  /** Keeps what it has compiled for the processes that are started after it; only what none before has kept is added. */
  keepCompiled(): Promise<void> {
    return this.#host("keep-compiled", {});
  }

  /** Resolves when nothing that requests left for after their answers runs; also when it dies over it. */
  idle(): Promise<void> {
    return this.#host("idle", {});
  }

  async #host(what: string, order: object): Promise<void> {
    if (!this.runs) return;
    const sent = fetch(`${this.url}/_host/${what}`, { method: "POST", body: JSON.stringify(order) })
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
    // A process that dies over it answers nothing, and that is no matter.
    await Promise.race([sent, this.#ended]);
  }

  /** Sends a request as somebody's browser does. What came of it is not known when no answer comes: status 0. */
  async call({ method, path: where, address, token, headers = {}, json }: Request): Promise<Reply> {
    try {
      const answer = await fetch(`${this.url}${where}`, {
        method,
        headers: {
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...(address === undefined ? {} : { "x-forwarded-for": address }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        signal: AbortSignal.timeout(60_000),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: text ? (JSON.parse(text) as Reply["body"]) : {} };
    } catch {
      return { status: 0, headers: new Headers(), body: {} };
    }
  }
}
