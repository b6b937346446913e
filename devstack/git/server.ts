import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { closeServer, listen } from "../http/listen.ts";
import { acceptLocalHost } from "../http/local-host.ts";
import { gitEnvironment } from "../seed/run-git.ts";
import type { Log, RunningService } from "../service.ts";
import { serveSource, SOURCE_ROUTE } from "./source-page.ts";

export interface GitOptions {
  readonly port: number;
  /** Folder with `<owner>/<name>.git`. */
  readonly folder: string;
  readonly gitConfig: string;
  /** What is there: true for private, false for public, undefined for nothing. */
  isPrivate(owner: string, name: string): boolean | undefined;
  /** Whether the holder of this GitHub token may read it. */
  canRead(token: string, owner: string, name: string): boolean;
  readonly log: Log;
}

const ROUTE =
  /^\/([A-Za-z0-9_-][A-Za-z0-9_.-]*)\/([A-Za-z0-9_-][A-Za-z0-9_.-]*?)(?:\.git)?\/(info\/refs|git-upload-pack)$/;

/** A pack request of this size is no honest one: it holds only the names of what the client has. */
const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/**
 * Smart HTTP for cloning and fetching, by git's own `http-backend`. Nothing can be pushed. Private
 * repositories ask for a GitHub token as the password, as github.com does, and answer the same to
 * strangers whether or not they exist. A browser is shown public ones, at the addresses that GitHub has for them.
 */
export async function startGit(options: GitOptions): Promise<RunningService> {
  const server = createServer((request, response) => {
    if (!acceptLocalHost(request, response)) return;
    serve(options, request, response).catch((error: unknown) => {
      options.log(`${request.method} ${request.url} failed: ${String(error)}`);
      if (!response.headersSent) refuse(response, 500, "The git server failed; see its log.");
      else response.destroy();
    });
  });
  const port = await listen(server, options.port);
  let closing: Promise<void> | undefined;
  return { url: `http://127.0.0.1:${port}`, port, close: () => (closing ??= closeServer(server)) };
}

async function serve(options: GitOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, owner, name, action] = ROUTE.exec(url.pathname) ?? [];
  if (!owner || !name || !action) return serveReader(options, request, response, url);
  const isRefs =
    action === "info/refs" && request.method === "GET" && url.searchParams.get("service") === "git-upload-pack";
  const isPack = action === "git-upload-pack" && request.method === "POST";
  if (!isRefs && !isPack)
    return refuse(response, 403, "This server only lets repositories be cloned and fetched (git-upload-pack).");

  const known = options.isPrivate(owner, name);
  const token = passwordOf(request.headers.authorization);
  if (known !== false) {
    if (token === undefined) {
      response.setHeader("www-authenticate", 'Basic realm="GitHub"');
      return refuse(response, 401, "Authentication is needed: a GitHub token as the password.");
    }
    if (known === undefined || !options.canRead(token, owner, name))
      return refuse(response, 404, "Repository not found.");
  }
  const folder = path.join(options.folder, owner, `${name}.git`);
  if (!existsSync(folder)) return refuse(response, 404, "Repository not found.");
  await backend(options, request, response, `/${owner}/${name}.git/${action}`, url.search.slice(1));
  options.log(`${request.method} /${owner}/${name}.git/${action} ${response.statusCode}`);
}

/** Nobody signs in here with a browser, so a private repository's pages are not there, as on GitHub for strangers. */
async function serveReader(
  options: GitOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const [, owner, name, commit, encoded] = SOURCE_ROUTE.exec(url.pathname) ?? [];
  const gitDir = owner && name ? path.join(options.folder, owner, `${name}.git`) : "";
  const readable = owner && name && request.method === "GET" && options.isPrivate(owner, name) === false;
  if (!readable || !existsSync(gitDir))
    return refuse(response, 404, "There is no public repository here. They live at /<owner>/<name>.git.");
  const file = commit && encoded ? { commit, path: decodePath(encoded) } : undefined;
  await serveSource({ owner, name, gitDir, gitConfig: options.gitConfig, file }, response);
}

/** What is not encoded as an address should be names no file. */
function decodePath(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** Hands one request to `git http-backend`, a CGI program; no shell is involved. */
async function backend(
  options: GitOptions,
  request: IncomingMessage,
  response: ServerResponse,
  pathInfo: string,
  query: string,
): Promise<void> {
  const child = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...gitEnvironment(options.gitConfig),
      GIT_PROJECT_ROOT: options.folder,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      PATH_INFO: pathInfo,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      CONTENT_LENGTH: request.headers["content-length"] ?? "",
      HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
      REMOTE_ADDR: "127.0.0.1",
    },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => options.log(text.trim()));
  response.on("close", () => child.kill("SIGTERM")); // The client went away: so does the pack it asked for.
  child.stdin.on("error", () => {}); // http-backend may answer without reading; its answer counts, not the pipe.
  let received = 0;
  request.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > MAX_REQUEST_BYTES) request.destroy();
  });
  request.pipe(child.stdin);
  await pipeline(child.stdout, new CgiToHttp(response).intoResponse());
  const code = await ended;
  if (code !== 0 && code !== null) options.log(`git http-backend ended with ${code} for ${pathInfo}`);
}

/** Splits a CGI answer into its head, which becomes the response's, and its body. */
class CgiToHttp {
  readonly #response: ServerResponse;
  #head = Buffer.alloc(0);

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  intoResponse() {
    const take = this.#take.bind(this);
    const response = this.#response;
    return async function (source: AsyncIterable<Buffer>): Promise<void> {
      for await (const chunk of source) {
        const body = take(chunk);
        if (body.length > 0 && !response.write(body)) await drained(response);
      }
      if (!response.headersSent) throw new Error("git http-backend ended without an answer");
      response.end();
    };
  }

  #take(chunk: Buffer): Buffer {
    if (this.#response.headersSent) return chunk;
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return Buffer.alloc(0);
    let status = 200;
    for (const line of this.#head.subarray(0, end).toString("latin1").split("\r\n")) {
      const [name = "", ...rest] = line.split(":");
      const value = rest.join(":").trim();
      if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
      else this.#response.setHeader(name, value);
    }
    this.#response.writeHead(status);
    return this.#head.subarray(end + 4);
  }
}

/** Resolves when more may be written, or nobody reads any more. Leaves no listener behind: a pack has many waits. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.once("drain", done).once("close", done);
  });
}

/** The password of Basic credentials, or a bearer token. */
function passwordOf(header: string | undefined): string | undefined {
  const [, scheme, value] = /^(Basic|Bearer)\s+(\S+)$/i.exec(header ?? "") ?? [];
  if (!scheme || !value) return undefined;
  if (scheme.toLowerCase() === "bearer") return value;
  const decoded = Buffer.from(value, "base64").toString("utf8");
  return decoded.slice(decoded.indexOf(":") + 1) || undefined;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${message}\n`);
}
