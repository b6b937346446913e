import { SOCKET_ADDRESS_HEADER } from "@/lib/platform/rate-limit/client-address";
import { TEST_APP_URL } from "../../support/supabase.ts";

type Handler = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; empty for an answer without a body. */
  readonly body: Record<string, unknown> & { readonly code?: string };
}

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string;
  readonly json?: unknown;
  readonly raw?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
}

let lastAddress = 0;

/** Calls a route handler as Next would; each call comes from an address of its own unless told. */
export async function call(
  handler: Handler,
  { method = "GET", path = "/", token, json, raw, headers = {}, params = {} }: Call = {},
): Promise<Reply> {
  lastAddress += 1;
  const address = `10.${(lastAddress >> 16) & 255}.${(lastAddress >> 8) & 255}.${lastAddress & 255}`;
  const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
  const request = new Request(new URL(path, TEST_APP_URL), {
    method,
    headers: {
      [SOCKET_ADDRESS_HEADER]: address,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body, duplex: "half" as const }),
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? (JSON.parse(text) as Reply["body"]) : {} };
}
