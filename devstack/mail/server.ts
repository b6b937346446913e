import { createServer } from "node:http";
import { createEmulator } from "emulate";
import { ask, readBody, reply, replyJson } from "../http/forward.ts";
import { closeServer, listen } from "../http/listen.ts";
import { acceptLocalHost } from "../http/local-host.ts";
import { privateSocket } from "../http/socket-path.ts";
import { withConsoleTo } from "../process/captured-console.ts";
import type { Log, RunningService } from "../service.ts";

export interface MailOptions {
  readonly port: number;
  /** The key that `Authorization: Bearer` must carry. */
  readonly apiKey: string;
  /** Domain that may send, as one verified at Resend. */
  readonly domain: string;
  /** Folder for the emulator's own socket, which is not for others. */
  readonly runDir: string;
  readonly log: Log;
}

/** Pages for people; everything else is Resend's API and needs the key. */
const PAGES = /^\/($|inbox|_emulate\/|favicon)/;

/** Resend's API with an inbox page at `/inbox`, by `emulate`, behind a check of `Host` and key. */
export async function startMail(options: MailOptions): Promise<RunningService> {
  const { log } = options;
  const socket = await privateSocket(options.runDir, "resend");
  const server = createServer();
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  const emulator = await createEmulator({
    service: "resend",
    port: socket.path as unknown as number, // Handed to server.listen as it is, which takes a path as well.
    baseUrl: url,
    seed: { resend: { domains: [{ name: options.domain }] } },
  });
  server.on("request", (request, response) => {
    if (!acceptLocalHost(request, response)) return;
    const target = request.url ?? "/";
    if (!PAGES.test(target) && request.headers.authorization !== `Bearer ${options.apiKey}`) {
      replyJson(response, 401, { statusCode: 401, name: "validation_error", message: "API key is invalid" });
      return;
    }
    withConsoleTo(log, async () => {
      const path = target === "/" ? "/inbox" : target;
      const body = await readBody(request);
      const answer = await ask(
        { socketPath: socket.path },
        { method: request.method ?? "GET", path, headers: request.headers, body },
      );
      if (request.method === "POST") log(`${request.method} ${path} ${answer.status}`);
      reply(response, answer);
    }).catch((error: unknown) => {
      log(`${request.method} ${target} failed: ${String(error)}`);
      if (!response.headersSent)
        replyJson(response, 500, {
          statusCode: 500,
          name: "internal_server_error",
          message: "The mail emulator failed; see its log.",
        });
    });
  });
  let closing: Promise<void> | undefined;
  const close = async () => {
    await closeServer(server);
    await emulator.close();
    await socket.remove();
  };
  return { url, port, close: () => (closing ??= close()) };
}
