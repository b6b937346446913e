import { readFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import postgres from "postgres";
import { WebSocketServer } from "ws";
import { isLoopbackHost } from "../host-check.ts";
import type { Log } from "../service.ts";
import { EVERYTHING, permissionsOn, type Permissions } from "./authorization.ts";
import { serveConnection } from "./connection.ts";
import { followBroadcasts, type StoredBroadcast } from "./feed.ts";
import { LIMITS } from "./limits.ts";
import type { ProtocolVersion } from "./protocol.ts";
import { serveRest } from "./rest.ts";
import { Rooms } from "./rooms.ts";
import { identityOfKey, identityOfToken, type Identity, type Keys } from "./token.ts";

/** SQL that makes the `realtime` schema where it is absent; runs before the product's migrations. */
export const REALTIME_SCHEMA_SQL = readFileSync(new URL("./schema.sql", import.meta.url), "utf8");

const SOCKET_PATH = "/realtime/v1/websocket";
const PREFIX = "/realtime/v1/";

export interface AttachedRealtime {
  /** Answers a plain request below `/realtime/v1/`. @returns false when the path is not Realtime's */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
  /** Ends every connection; the server itself stays. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Puts a Realtime gateway on an HTTP server: the WebSocket at `/realtime/v1/websocket`, REST
 * broadcasts, and broadcasts that the database sends with `realtime.send`.
 *
 * @param o.databaseUrl a role that owns `realtime.messages` and may become anon and authenticated
 * @param o.jwtSecret HS256 secret with which the embedded Auth signs users' tokens
 * @throws when the database does not answer or lacks the schema
 */
export async function attachRealtime(o: {
  server: Server;
  databaseUrl: string;
  jwtSecret: string;
  publishableKey: string;
  secretKey: string;
  log: Log;
}): Promise<AttachedRealtime> {
  const keys: Keys = { jwtSecret: o.jwtSecret, publishableKey: o.publishableKey, secretKey: o.secretKey };
  const sql = postgres(o.databaseUrl, {
    max: 4,
    connect_timeout: 5,
    idle_timeout: 60,
    fetch_types: false,
    onnotice: () => undefined,
    // A restarted Postgres is found again within half a second, not the driver's twenty.
    backoff: (retries) => Math.min(0.05 * 2 ** retries, 0.5),
    connection: { application_name: "devstack-realtime" },
  });
  const rooms = new Rooms();
  const feed = await followBroadcasts({ sql, onBroadcast: (stored) => relay(rooms, stored, o.log), log: o.log }).catch(
    async (error: unknown) => {
      await sql.end({ timeout: 1 });
      throw error;
    },
  );

  const authorise = (topic: string, identity: Identity): Promise<Permissions> =>
    identity.role === "service_role" ? Promise.resolve(EVERYTHING) : permissionsOn(sql, topic, identity);
  const identify = (token: unknown, connection: Identity): Identity => identityOfToken(token, connection, keys);

  const sockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.frameBytes, clientTracking: true });
  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = new URL(req.url ?? "/", "http://127.0.0.1");
    if (url.pathname !== SOCKET_PATH) {
      // Another listener may know the path; where there is none the socket would hang open.
      if (o.server.listenerCount("upgrade") === 1) refuseUpgrade(socket, "404 Not Found", "There is no WebSocket here");
      return;
    }
    if (!isLoopbackHost(req.headers.host))
      return refuseUpgrade(socket, "403 Forbidden", "This service answers only to 127.0.0.1 and localhost");
    const header = req.headers["apikey"];
    const connection = identityOfKey(
      url.searchParams.get("apikey") ?? (typeof header === "string" ? header : null),
      keys,
    );
    if (!connection) return refuseUpgrade(socket, "401 Unauthorized", "Invalid API key");
    const version = readVersion(url.searchParams.get("vsn"));
    if (!version) return refuseUpgrade(socket, "400 Bad Request", "vsn must be 1.0.0 or 2.0.0");
    if (sockets.clients.size >= LIMITS.connections)
      return refuseUpgrade(socket, "503 Service Unavailable", "Too many connections");
    sockets.handleUpgrade(req, socket, head, (client) => {
      serveConnection(client, version, {
        rooms,
        log: o.log,
        authorise,
        identify: (token) => identify(token, connection),
      });
    });
  };
  o.server.on("upgrade", onUpgrade);

  let closing: Promise<void> | undefined;
  return {
    handle: (req, res) => {
      if (!req.url?.startsWith(PREFIX)) return false;
      if (!isLoopbackHost(req.headers.host)) {
        res.writeHead(403, { "Content-Type": "application/json" });
        res.end(JSON.stringify({ error: "This service answers only to 127.0.0.1 and localhost" }));
        return true;
      }
      void serveRest(req, res, { rooms, keys, log: o.log, authorise, identify });
      return true;
    },
    close: () =>
      (closing ??= (async () => {
        o.server.off("upgrade", onUpgrade);
        for (const client of sockets.clients) client.terminate();
        sockets.close();
        feed.close();
        await sql.end({ timeout: 1 });
      })()),
  };
}

function relay(rooms: Rooms, stored: StoredBroadcast, log: Log): void {
  const bytes = Buffer.byteLength(JSON.stringify(stored.payload ?? null));
  if (bytes > LIMITS.payloadBytes) {
    log(
      `realtime: the database sent ${bytes} bytes on ${stored.topic}; more than ${LIMITS.payloadBytes} is dropped, as hosted Supabase does`,
    );
    return;
  }
  rooms.broadcast(stored.topic, stored.private, { event: stored.event, body: stored.payload });
}

function readVersion(vsn: string | null): ProtocolVersion | null {
  if (vsn === null || vsn === "1.0.0") return "1.0.0";
  return vsn === "2.0.0" ? "2.0.0" : null;
}

function refuseUpgrade(socket: Duplex, status: string, message: string): void {
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(message)}\r\nConnection: close\r\n\r\n${message}`,
  );
}
