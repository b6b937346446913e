import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** `fetch` gives up on an answer after five minutes; a step may take up to this long, as with Inngest. */
const LONGEST_STEP_MS = 2 * 3_600_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** No answer came. `began` says whether the other side may have started to work. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly began: boolean;

  constructor(message: string, began: boolean, cause: unknown) {
    super(message, { cause });
    this.began = began;
  }
}

const NEVER_BEGAN = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"]);

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

class StaleSocket extends Error {}

/** Sends JSON requests to apps over sockets that are kept open between them. */
export class Caller {
  private readonly http = new HttpAgent({ keepAlive: true, maxFreeSockets: 16 });
  private readonly https = new HttpsAgent({ keepAlive: true, maxFreeSockets: 16 });

  /**
   * Sends one request and reads the whole answer.
   * @throws CallFailed when no whole answer came
   */
  async send(
    method: "POST" | "PUT",
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    options: CallOptions = {},
  ): Promise<Answer> {
    const target = new URL(url);
    const agent = target.protocol === "https:" ? this.https : this.http;
    for (let again = false; ; again = true) {
      try {
        return await once(method, target, agent, headers, body, options);
      } catch (error) {
        // A kept-alive socket that the app closed while we were writing: the app saw nothing of this request.
        if (!again && error instanceof StaleSocket) continue;
        throw error instanceof StaleSocket ? new CallFailed(error.message, true, error.cause) : error;
      }
    }
  }

  /** Ends every request and socket. */
  close(): void {
    this.http.destroy();
    this.https.destroy();
  }
}

function once(
  method: string,
  url: URL,
  agent: HttpAgent | HttpsAgent,
  headers: Readonly<Record<string, string>>,
  body: string,
  { timeoutMs = LONGEST_STEP_MS, signal }: CallOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const payload = Buffer.from(body);
    const options = {
      method,
      headers: { ...headers, "content-type": "application/json", "content-length": payload.length },
      agent,
      ...(signal ? { signal } : {}),
    };
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > LARGEST_ANSWER) request.destroy(new Error(`The answer is larger than ${LARGEST_ANSWER} bytes.`));
        else chunks.push(chunk);
      });
      response.on("error", fail);
      response.on("end", () => {
        const flat: Record<string, string | undefined> = {};
        for (const [key, value] of Object.entries(response.headers))
          flat[key] = Array.isArray(value) ? value.join(", ") : value;
        resolve({ status: response.statusCode ?? 0, headers: flat, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    const fail = (error: NodeJS.ErrnoException): void => {
      const code = error.code ?? "";
      if (request.reusedSocket && (code === "ECONNRESET" || code === "EPIPE"))
        return reject(new StaleSocket(error.message, { cause: error }));
      const reason = code === "ECONNREFUSED" ? "nothing listens there" : error.message;
      reject(new CallFailed(`${url.origin} did not answer: ${reason}.`, !NEVER_BEGAN.has(code), error));
    };
    request.setTimeout(timeoutMs, () =>
      request.destroy(new Error(`no answer within ${Math.round(timeoutMs / 1_000)} s`)),
    );
    request.on("error", fail);
    request.end(payload);
  });
}
