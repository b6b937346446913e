import { type IncomingMessage, request as startRequest, type ServerResponse } from "node:http";

/** An answer read to its end, so that it can be changed before it goes on. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

export interface Upstream {
  /** Unix socket of a service that must not be reachable by TCP without our checks in front. */
  readonly socketPath: string;
}

/** Headers that speak of one connection only and never travel on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "proxy-authorization",
  "te",
  "trailer",
  "content-length",
]);

/**
 * Sends a request on and reads the whole answer.
 * @throws Error when the upstream cannot be reached or cuts off.
 */
export function ask(
  upstream: Upstream,
  call: { method: string; path: string; headers: IncomingMessage["headers"]; body: Buffer },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
    const outgoing = startRequest(
      {
        socketPath: upstream.socketPath,
        method: call.method,
        path: call.path,
        headers: { ...headers, "content-length": call.body.length },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(call.body);
  });
}

export function reply(response: ServerResponse, answer: Answer): void {
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) response.setHeader(name, value);
  }
  response.writeHead(answer.status, { "content-length": answer.body.length });
  response.end(answer.body);
}

export function replyJson(response: ServerResponse, status: number, body: unknown): void {
  reply(response, {
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: Buffer.from(JSON.stringify(body)),
  });
}

/**
 * Reads a request's body.
 * @throws RangeError when it is longer than `limit` bytes.
 */
export async function readBody(request: IncomingMessage, limit = 8 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw new RangeError(`The body is longer than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
