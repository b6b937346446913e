import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { RealtimeClient, type RealtimeChannel } from "@supabase/realtime-js";
import type postgres from "postgres";
import { listen } from "../../../devstack/http/listen.ts";
import { freePort } from "../../../devstack/ports.ts";
import { attachRealtime } from "../../../devstack/realtime/gateway.ts";

export const KEYS = {
  jwtSecret: "a secret for tests alone, 32 characters",
  publishableKey: "sb_publishable_test",
  secretKey: "sb_secret_test",
};

export interface TestGateway {
  readonly httpUrl: string;
  readonly lines: string[];
  client(options?: { token?: string; vsn?: "1.0.0" | "2.0.0"; apikey?: string }): RealtimeClient;
  close(): Promise<void>;
}

/** The gateway on a plain HTTP server, as the stack mounts it; without a port it takes one that it can come back on. */
export async function startGateway(databaseUrl: string, wantedPort?: number): Promise<TestGateway> {
  const lines: string[] = [];
  const server = createServer((req, res) => {
    if (!gateway.handle(req, res)) {
      res.writeHead(404);
      res.end();
    }
  });
  const gateway = await attachRealtime({ server, databaseUrl, ...KEYS, log: (line) => lines.push(line) });
  const port = await listen(server, wantedPort ?? (await freePort()));
  const clients: RealtimeClient[] = [];
  return {
    httpUrl: `http://127.0.0.1:${port}`,
    lines,
    client: ({ token, vsn = "2.0.0", apikey = KEYS.publishableKey } = {}) => {
      const client = new RealtimeClient(`ws://127.0.0.1:${port}/realtime/v1`, {
        params: { apikey },
        vsn,
        timeout: 10_000,
        reconnectAfterMs: () => 100,
        ...(token ? { accessToken: () => Promise.resolve(token) } : {}),
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.removeAllChannels()));
      await gateway.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Signs a token as the embedded Auth does. `expiresIn` is in seconds. */
export function signToken(
  claims: { sub?: string; role?: string; session_id?: string; expiresIn?: number },
  secret = KEYS.jwtSecret,
): string {
  const { expiresIn = 3600, ...rest } = claims;
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const body = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: randomUUID(), role: "authenticated", ...rest, iat: now, exp: now + expiresIn })}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

/** Resolves with the first status a subscription reaches, and its error's message. */
export function subscribe(channel: RealtimeChannel): Promise<{ status: string; message: string }> {
  return new Promise((resolve) => {
    channel.subscribe((status, error) => resolve({ status, message: error?.message ?? "" }));
  });
}

/** Joins and fails the test when that is refused. */
export async function joined(channel: RealtimeChannel): Promise<RealtimeChannel> {
  const { status, message } = await subscribe(channel);
  if (status !== "SUBSCRIBED") throw new Error(`expected to be subscribed, but: ${status} ${message}`);
  return channel;
}

/** The broadcasts of one event, in the order they came. */
export function collect(channel: RealtimeChannel, event: string): Record<string, unknown>[] {
  const seen: Record<string, unknown>[] = [];
  channel.on("broadcast", { event }, (message) => seen.push(message as Record<string, unknown>));
  return seen;
}

/** Supabase's client sends the token once the socket is open; a channel must be made after it is known. */
export async function signedIn(client: RealtimeClient): Promise<RealtimeClient> {
  await client.setAuth();
  return client;
}

/** A person of whom only the id matters. */
export async function addUser(sql: postgres.Sql, id: string): Promise<void> {
  await sql`insert into auth.users (id, email) values (${id}, ${`${id}@devmentor.test`})`;
}

/** An analysis that somebody has asked for. @returns its id */
export async function addAnalysis(sql: postgres.Sql, userId: string): Promise<string> {
  const id = randomUUID();
  await addUser(sql, userId);
  await sql`
    insert into public.analyses (id, repo_url, host, owner, name, engine, estimated_seconds)
    values (${id}, ${`https://github.com/octo/${id}`}, 'github.com', 'octo', ${id}, 1, 5)`;
  await sql`insert into public.analysis_askers (analysis_id, user_id, how) values (${id}, ${userId}, 'started')`;
  return id;
}
