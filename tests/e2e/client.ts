import { randomUUID } from "node:crypto";
import { hourPassesForRegistrations } from "./limits.ts";

/** What the API answered. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly method?: string;
  readonly token?: string;
  readonly json?: unknown;
  /** Sent as it is, where `json` would not do. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const PASSWORD = "four quiet brown owls";

/** The API of a running application, as a program outside calls it: no cookies, redirects shown. */
export function apiOf(origin: string) {
  const call = async (path: string, { method = "GET", token, json, raw, headers }: Call = {}): Promise<Reply> => {
    const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(`${origin}${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  };
  const logIn = (email: string, password = PASSWORD) =>
    call("/api/v1/users/login", { method: "POST", json: { email, password } });
  /** Opens an account. @throws Error with the answer when that is refused */
  const signUp = async () => {
    await hourPassesForRegistrations();
    const email = `somebody-${randomUUID()}@devmentor.test`;
    const opened = await call("/api/v1/users/register", {
      method: "POST",
      json: { email, password: PASSWORD, displayName: "Somebody" },
    });
    if (opened.status !== 201) throw new Error(`No account: ${opened.status} ${JSON.stringify(opened.body)}`);
    return { email, token: String(opened.body["accessToken"]) };
  };
  return { call, logIn, signUp };
}
