import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardedFetch } from "./fetch";
import { POLICIES, type Policy, type PolicyName } from "./policies";
import { Resilience } from "./resilience";

let server: Server;
let origin: string;
let requests: { method: string; body: string }[];
let respond: (n: number, response: ServerResponse) => void;

beforeEach(async () => {
  requests = [];
  server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push({ method: request.method ?? "", body: Buffer.concat(chunks).toString() });
      respond(requests.length, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function guarded(): typeof fetch {
  const policies: Record<PolicyName, Policy> = {
    ...POLICIES,
    github: { ...POLICIES.github, firstDelayMs: 10, timeoutMs: 500 },
  };
  return guardedFetch("github", { guards: new Resilience(policies, () => "UTC") });
}

describe("guardedFetch", () => {
  it("repeats a GET and hands over the first good answer", async () => {
    respond = (n, response) => response.writeHead(n < 3 ? 503 : 200).end("body");
    const response = await guarded()(origin);
    expect([response.status, await response.text(), requests.length]).toEqual([200, "body", 3]);
  });

  it("gives the client library the last answer of a service that stays unwell", async () => {
    respond = (_, response) => response.writeHead(503, { "x-why": "maintenance" }).end("down");
    const response = await guarded()(origin);
    expect([response.status, response.headers.get("x-why"), await response.text(), requests.length]).toEqual([
      503,
      "maintenance",
      "down",
      3,
    ]);
  });

  it("does not repeat a POST that may have acted, unless it carries a key", async () => {
    respond = (_, response) => response.writeHead(500).end();
    await guarded()(origin, { method: "POST", body: "one" });
    expect(requests).toEqual([{ method: "POST", body: "one" }]);
    await guarded()(origin, { method: "POST", body: "two", headers: { "Idempotency-Key": "k-1" } });
    expect(requests.slice(1)).toEqual(Array.from({ length: 3 }, () => ({ method: "POST", body: "two" })));
  });

  it("throws, with attempts and cause, when nobody answers", async () => {
    const gone = origin;
    await new Promise((resolve) => server.close(resolve));
    await expect(guarded()(gone, { method: "POST", body: "x" })).rejects.toMatchObject({
      name: "OutsideCallError",
      because: "failed",
      attempts: 3,
    });
  });

  it("ends when its caller leaves", async () => {
    respond = () => undefined;
    const caller = new AbortController();
    const work = guarded()(origin, { signal: caller.signal });
    setTimeout(() => caller.abort(new Error("left")), 30);
    await expect(work).rejects.toThrow("left");
  });
});
