import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** A smart-HTTP git host of a test's own: real git behind it, and it misbehaves when told to. */
export interface GitHost {
  readonly origin: string;
  readonly requests: IncomingMessage[];
  /** Makes a repository of files; returns its clone URL. */
  add(name: string, files: Readonly<Record<string, string | Buffer>>): string;
  /** Runs git in a repository's bare folder. */
  git(name: string, args: readonly string[], input?: string | Buffer): string;
  /** Only this token may read the repository. */
  protect(name: string, token: string): void;
  /** What the host does instead of answering. */
  misbehave(how: "redirect" | "hang" | "refuse" | null): void;
  close(): Promise<void>;
}

const ENV: NodeJS.ProcessEnv = {
  NODE_ENV: "test",
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@devmentor.test",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@devmentor.test",
};

export async function startGitHost(): Promise<GitHost> {
  const root = mkdtempSync(path.join(tmpdir(), "devmentor-test-git-"));
  const tokens = new Map<string, string>();
  const requests: IncomingMessage[] = [];
  let mood: "redirect" | "hang" | "refuse" | null = null;
  const server = createServer((request, response) => {
    requests.push(request);
    if (mood === "hang") return;
    if (mood === "refuse") {
      response.writeHead(503).end();
      return;
    }
    if (mood === "redirect") {
      response.writeHead(302, { location: `http://127.0.0.1:1${request.url ?? ""}` }).end();
      return;
    }
    const name = decodeURIComponent((request.url ?? "").split("/")[2]?.replace(/\.git$/, "") ?? "");
    const token = tokens.get(name);
    const expected = token && `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
    if (expected && request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    serve(root, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = (name: string) => path.join(root, "octo", `${name}.git`);
  const git = (name: string, args: readonly string[], input?: string | Buffer) =>
    execFileSync("git", ["--git-dir", folder(name), ...args], {
      env: ENV,
      input: input ?? "",
      maxBuffer: 64 * 1024 * 1024,
    })
      .toString("utf8")
      .trim();
  return {
    origin,
    requests,
    git,
    add(name, files) {
      execFileSync("git", ["init", "-q", "--bare", "-b", "main", folder(name)], { env: ENV });
      git(name, ["config", "uploadpack.allowFilter", "true"]);
      const index = path.join(root, `${name}.index`);
      const scratch = path.join(root, `${name}.blob`);
      for (const [file, content] of Object.entries(files)) {
        writeFileSync(scratch, content);
        const id = git(name, ["hash-object", "-w", scratch]);
        execFileSync(
          "git",
          ["--git-dir", folder(name), "update-index", "--add", "--cacheinfo", `100644,${id},${file}`],
          { env: { ...ENV, GIT_INDEX_FILE: index } },
        );
      }
      if (Object.keys(files).length > 0) {
        const tree = execFileSync("git", ["--git-dir", folder(name), "write-tree"], {
          env: { ...ENV, GIT_INDEX_FILE: index },
        })
          .toString()
          .trim();
        git(name, ["update-ref", "refs/heads/main", git(name, ["commit-tree", tree, "-m", "First"])]);
      }
      return `${origin}/octo/${name}`;
    },
    protect: (name, token) => void tokens.set(name, token),
    misbehave: (how) => void (mood = how),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** `git http-backend` over CGI. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://git.test");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...ENV,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
  });
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  let sent = false;
  child.stdout.on("data", (chunk: Buffer) => {
    if (sent) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    sent = true;
    const headers = head
      .subarray(0, end)
      .toString("latin1")
      .split("\r\n")
      .map((line) => line.split(": ", 2) as [string, string]);
    const status = Number(headers.find(([key]) => key === "Status")?.[1]?.slice(0, 3) ?? 200);
    response.writeHead(status, Object.fromEntries(headers.filter(([key]) => key !== "Status")));
    response.write(head.subarray(end + 4));
  });
  child.on("close", () => response.end());
}
