import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * What the stand-in does instead of answering. `hang`: it takes the call and never answers. `garbled`: a stream that is no
 * protocol. `cut`: the connection ends in the middle of the answer. `limited`: 429 with Retry-After. `overloaded`: 529.
 * `truncated`: it stops at the limit of tokens. `forbidden`: 401. `stuck`: it begins to answer and never goes on.
 */
export type ProviderMood =
  | "well"
  | "down"
  | "hang"
  | "garbled"
  | "cut"
  | "limited"
  | "overloaded"
  | "truncated"
  | "stuck"
  | "forbidden";

export interface ProviderCall {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TestProvider {
  readonly url: string;
  readonly calls: ProviderCall[];
  /** @param seconds of Retry-After, while it is `limited` */
  is(mood: ProviderMood, seconds?: number): void;
  /** What the model says: text, whole, of which a stream is made. */
  says(answer: string | ((call: ProviderCall) => string)): void;
  close(): Promise<void>;
}

/** Every answer counts the same tokens, so that tests can name its cost. */
export const TOKENS = { input: 1_000, output: 200 } as const;

/**
 * Speaks both providers' protocols over HTTP, streaming: Anthropic's `POST /messages` and OpenAI's `POST /chat/completions`.
 */
export async function startAiProvider(): Promise<TestProvider> {
  const calls: ProviderCall[] = [];
  let mood: ProviderMood = "well";
  let retryAfter = 1;
  let answer: Parameters<TestProvider["says"]>[0] = '{"elements":[]}';
  const server = createServer((request, response) => {
    void (async () => {
      const call: ProviderCall = {
        path: request.url ?? "",
        headers: request.headers,
        body: JSON.parse(await text(request)) as ProviderCall["body"],
      };
      calls.push(call);
      const protocol = call.path.endsWith("/messages") ? anthropic : openai;
      if (mood === "hang") return;
      const refused = REFUSALS[mood];
      if (refused) {
        response.writeHead(refused.status, {
          "content-type": "application/json",
          ...(mood === "limited" ? { "retry-after": String(retryAfter) } : {}),
        });
        response.end(JSON.stringify(protocol.error(refused.type)));
        return;
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (mood === "garbled") {
        response.end("<html>A captive portal</html>\n\ndata: {not json\n\n");
        return;
      }
      const said = typeof answer === "function" ? answer(call) : answer;
      stream(response, protocol.events(said, String(call.body["model"]), mood === "truncated"), mood);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    is(next, seconds = 1) {
      mood = next;
      retryAfter = seconds;
    },
    says: (next) => void (answer = next),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const REFUSALS: Partial<Record<ProviderMood, { readonly status: number; readonly type: string }>> = {
  down: { status: 503, type: "api_error" },
  limited: { status: 429, type: "rate_limit_error" },
  overloaded: { status: 529, type: "overloaded_error" },
  forbidden: { status: 401, type: "authentication_error" },
};

interface Protocol {
  error(type: string): object;
  events(said: string, model: string, truncated: boolean): { readonly event?: string; readonly data: string }[];
}

/** The answer in pieces of a few characters, as models send it. */
const pieces = (said: string): string[] => said.match(/[\s\S]{1,24}/g) ?? [];

const anthropic: Protocol = {
  error: (type) => ({ type: "error", error: { type, message: "As the test asked." } }),
  events(said, model, truncated) {
    const of = (event: string, data: object) => ({ event, data: JSON.stringify({ type: event, ...data }) });
    const usage = { input_tokens: TOKENS.input, output_tokens: 1 };
    const message = { id: "msg_1", type: "message", role: "assistant", model, content: [], stop_reason: null, usage };
    return [
      of("message_start", { message }),
      of("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      ...pieces(said).map((piece) =>
        of("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece } }),
      ),
      of("content_block_stop", { index: 0 }),
      of("message_delta", {
        delta: { stop_reason: truncated ? "max_tokens" : "end_turn", stop_sequence: null },
        usage: { output_tokens: TOKENS.output },
      }),
      of("message_stop", {}),
    ];
  },
};

const openai: Protocol = {
  error: (type) => ({ error: { message: "As the test asked.", type, code: null } }),
  events(said, model, truncated) {
    const chunk = (choices: object[], usage: object | null = null) => ({
      data: JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model, choices, usage }),
    });
    return [
      ...pieces(said).map((content) =>
        chunk([{ index: 0, delta: { role: "assistant", content }, finish_reason: null }]),
      ),
      chunk([{ index: 0, delta: {}, finish_reason: truncated ? "length" : "stop" }]),
      chunk([], {
        prompt_tokens: TOKENS.input,
        completion_tokens: TOKENS.output,
        total_tokens: TOKENS.input + TOKENS.output,
      }),
      { data: "[DONE]" },
    ];
  },
};

function stream(response: ServerResponse, events: ReturnType<Protocol["events"]>, mood: ProviderMood): void {
  const sent = mood === "cut" || mood === "stuck" ? events.slice(0, Math.ceil(events.length / 2)) : events;
  for (const { event, data } of sent) response.write(`${event ? `event: ${event}\n` : ""}data: ${data}\n\n`);
  if (mood === "cut") response.socket?.end();
  else if (mood !== "stuck") response.end();
}
