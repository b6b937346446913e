import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach } from "vitest";

export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Its `Idempotency-Key`. */
  readonly key: string | undefined;
}

export interface TestResend {
  readonly url: string;
  /** What was taken, oldest first; empty before each test. */
  readonly inbox: SentMail[];
  /** True before each test; false: each mail is refused. */
  works: boolean;
}

/**
 * Resend as far as it is used, for the test file that calls it at its top level: takes a mail, or refuses it. A refusal
 * says nothing about Resend's health, so the breaker of the `mail` policy stays closed; what an outage does is tested
 * with the policies.
 */
export function useResend(): TestResend {
  let server: Server;
  const resend = { url: "", inbox: [] as SentMail[], works: true };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        response.setHeader("content-type", "application/json");
        if (!resend.works) {
          const refusal = { name: "validation_error", message: "domain not verified", statusCode: 403 };
          response.writeHead(403).end(JSON.stringify(refusal));
          return;
        }
        const mail = JSON.parse(Buffer.concat(chunks).toString()) as Omit<SentMail, "key">;
        resend.inbox.push({ ...mail, key: request.headers["idempotency-key"] as string | undefined });
        response.end(JSON.stringify({ id: randomUUID() }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the mail server has no port");
    resend.url = `http://127.0.0.1:${address.port}`;
  });
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
  beforeEach(() => {
    resend.inbox.length = 0;
    resend.works = true;
  });
  return resend;
}
