import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { replyJson } from "./http/forward.ts";
import { closeServer, listen } from "./http/listen.ts";
import { acceptLocalHost } from "./http/local-host.ts";

const LOCK = "supervisor.json";

/** What a running stack writes into its state folder, so that others find it (mode 0600). */
interface LockFile {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly startedAt: string;
}

/** Another stack works on this state folder. */
export class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";
}

/** A running stack as another process sees it. */
export interface Peer {
  readonly pid: number;
  readonly url: string;
  readonly startedAt: string;
  status(): Promise<unknown>;
  stop(): Promise<void>;
}

export interface Control {
  close(): Promise<void>;
}

/**
 * Claims a state folder and answers questions about the stack over HTTP on 127.0.0.1.
 * @throws AlreadyRunningError naming the process that has the folder.
 */
export async function claim(
  folder: string,
  handlers: { status(): unknown; stop(): void; appUrl(): string | null },
): Promise<Control> {
  const token = randomBytes(24).toString("hex");
  const server = createServer((request, response) => {
    if (!acceptLocalHost(request, response)) return;
    const sent = Buffer.from(request.headers.authorization ?? "");
    const expected = Buffer.from(`Bearer ${token}`);
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected))
      return replyJson(response, 401, { message: "The token is in the state folder." });
    if (request.method === "GET" && request.url === "/status") return replyJson(response, 200, handlers.status());
    if (request.method === "POST" && request.url === "/stop") {
      replyJson(response, 202, { stopping: true });
      handlers.stop();
      return;
    }
    replyJson(response, 404, { message: "GET /status or POST /stop." });
  });
  const port = await listen(server, 0);
  const lock: LockFile = {
    pid: process.pid,
    url: `http://127.0.0.1:${port}`,
    token,
    startedAt: new Date().toISOString(),
  };
  const file = path.join(folder, LOCK);
  try {
    await write(folder, file, lock);
  } catch (error) {
    await closeServer(server);
    throw error;
  }
  return {
    async close() {
      await rm(file, { force: true });
      await closeServer(server);
    },
  };
}

async function write(folder: string, file: string, lock: LockFile): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const handle = await open(file, "wx", 0o600);
      await handle.writeFile(JSON.stringify(lock));
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const peer = await findPeer(folder);
    if (peer)
      throw new AlreadyRunningError(
        `The embedded stack is already running (pid ${peer.pid}, since ${peer.startedAt}). ${whereToLook(await peer.status())} Use that one, or end it with \`npm run devstack -- stop\`.`,
      );
    if (attempt > 3)
      throw new AlreadyRunningError(`Another start is claiming ${folder} at this very moment. Try again in a second.`);
    await rm(file, { force: true }); // Left by a stack that was killed.
  }
}

function whereToLook(status: unknown): string {
  const services = (status as { services?: { name: string; url: string }[] }).services ?? [];
  const shown =
    services.find((service) => service.name === "app") ?? services.find((service) => service.name === "supabase");
  return shown ? `Its ${shown.name} is at ${shown.url}.` : "It is still starting.";
}

/** The stack that works on a state folder, or null when none answers. */
export async function findPeer(folder: string): Promise<Peer | null> {
  const text = await readFile(path.join(folder, LOCK), "utf8").catch(() => null);
  if (text === null || text === "") return null;
  const lock = JSON.parse(text) as LockFile;
  const call = (method: string, action: string) =>
    fetch(`${lock.url}${action}`, {
      method,
      headers: { authorization: `Bearer ${lock.token}` },
      signal: AbortSignal.timeout(5_000),
    });
  // The claim is written after the server listens: no answer (or one to another token) means it is gone.
  const alive = await call("GET", "/status").then(
    (response) => response.ok,
    () => false,
  );
  if (!alive) return null;
  return {
    pid: lock.pid,
    url: lock.url,
    startedAt: lock.startedAt,
    status: async () => (await call("GET", "/status")).json(),
    stop: async () => {
      await call("POST", "/stop");
    },
  };
}
