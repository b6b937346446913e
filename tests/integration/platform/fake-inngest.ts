import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface SentEvent {
  readonly id: string;
  readonly name: string;
  readonly data: { readonly lane?: string; readonly n?: number } & Readonly<Record<string, unknown>>;
  readonly ts: number;
  readonly v: string;
}

/** What to answer to a call: a status, or `"never"` for no answer at all. */
export type Answering = (events: readonly SentEvent[], call: number) => number | "never" | Promise<number | "never">;

export interface FakeInngest {
  readonly url: string;
  /** Events of the calls that were answered 200, in their order. */
  readonly accepted: SentEvent[];
  /** Every call, answered or not. */
  readonly calls: (readonly SentEvent[])[];
  answering: Answering;
  reset(): void;
  close(): Promise<void>;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Takes events over HTTP as Inngest does, and fails as it is told: with any status, or by saying nothing. */
export async function startFakeInngest(): Promise<FakeInngest> {
  const accepted: SentEvent[] = [];
  const calls: (readonly SentEvent[])[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const events = JSON.parse(await read(request)) as SentEvent[];
      const call = calls.push(events);
      const status = await fake.answering(events, call);
      if (status === "never") return;
      if (status === 200) accepted.push(...events);
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(
        JSON.stringify(status === 200 ? { ids: events.map((event) => event.id), status } : { error: "no", status }),
      );
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeInngest = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    calls,
    answering: () => 200,
    reset: () => {
      accepted.length = 0;
      calls.length = 0;
      fake.answering = () => 200;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}
