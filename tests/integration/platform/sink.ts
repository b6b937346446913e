import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Heard {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A server that remembers each call, and stands before another service or answers 200 by itself. */
export interface Sink {
  readonly url: string;
  readonly heard: Heard[];
  /** Calls whose path starts like this are never answered, until it is `null` again. */
  hang(prefix: string | null): void;
  close(): Promise<void>;
}

/** @param upstream the service behind, where there is one */
export async function startSink(upstream?: () => string): Promise<Sink> {
  const heard: Heard[] = [];
  let hung: string | null = null;
  const take = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const path = incoming.url ?? "/";
    heard.push({ path, headers: incoming.headers, body: body.toString() });
    if (hung !== null && path.startsWith(hung)) return;
    if (!upstream) return void outgoing.writeHead(200, { "content-type": "application/json" }).end("{}");
    const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
      typeof value === "string" && !["host", "connection", "content-length", "transfer-encoding"].includes(name)
        ? [[name, value] as [string, string]]
        : [],
    );
    const method = incoming.method ?? "GET";
    const answer = await fetch(new URL(path, upstream()), {
      method,
      headers,
      ...(method === "GET" || method === "HEAD" ? {} : { body }),
    });
    const passed = [...answer.headers].filter(
      ([name]) => !/^(?:content-encoding|content-length|connection|transfer-encoding)$/.test(name),
    );
    outgoing.writeHead(answer.status, Object.fromEntries(passed));
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  };
  const server = createServer((incoming, outgoing) => {
    take(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    hang: (prefix) => {
      hung = prefix;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
