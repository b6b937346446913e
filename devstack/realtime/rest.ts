import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../service.ts";
import type { Permissions } from "./authorization.ts";
import { LIMITS } from "./limits.ts";
import type { Rooms } from "./rooms.ts";
import { identityOfKey, TokenRefused, type Identity, type Keys } from "./token.ts";

export interface RestDeps {
  readonly rooms: Rooms;
  readonly keys: Keys;
  readonly log: Log;
  identify(token: unknown, connection: Identity): Identity;
  authorise(topic: string, identity: Identity): Promise<Permissions>;
}

interface OutgoingBroadcast {
  readonly topic: string;
  readonly event: string;
  readonly body: unknown;
  readonly private: boolean;
}

/** A refusal with its HTTP status. */
class RestRefused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const BATCH_PATH = "/realtime/v1/api/broadcast";
const SINGLE_PATH = /^\/realtime\/v1\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/;

/** Answers the REST side of Realtime: broadcasts, in a batch or one by one. */
export async function serveRest(req: IncomingMessage, res: ServerResponse, deps: RestDeps): Promise<void> {
  res.setHeader("Access-Control-Allow-Origin", "*");
  res.setHeader("Access-Control-Allow-Headers", "authorization, apikey, content-type, x-client-info");
  try {
    if (req.method === "OPTIONS") return answer(res, 204);
    const url = new URL(req.url ?? "/", "http://127.0.0.1");
    const single = SINGLE_PATH.exec(url.pathname);
    if (url.pathname !== BATCH_PATH && !single) throw new RestRefused(404, "There is nothing here");
    if (req.method !== "POST") throw new RestRefused(405, "Broadcasts are sent with POST");
    const identity = whoAsks(req, url, deps);
    const body = await readBody(req);
    const messages = single ? [readSingle(single, url, req, body)] : readBatch(body);
    for (const message of messages) await publish(message, identity, deps);
    answer(res, 202);
  } catch (error) {
    if (error instanceof TokenRefused) return answer(res, 401, { error: error.message });
    if (error instanceof RestRefused) return answer(res, error.status, { error: error.message });
    deps.log(`realtime: a broadcast could not be checked: ${error instanceof Error ? error.message : String(error)}`);
    answer(res, 503, { error: "Realtime cannot reach the database right now. Nothing was sent; try again" });
  }
}

function answer(res: ServerResponse, status: number, body?: Readonly<Record<string, unknown>>): void {
  res.writeHead(status, body ? { "Content-Type": "application/json" } : {});
  res.end(body ? JSON.stringify(body) : undefined);
}

function whoAsks(req: IncomingMessage, url: URL, deps: RestDeps): Identity {
  const header = req.headers["apikey"];
  const key = identityOfKey(
    (typeof header === "string" ? header : undefined) ?? url.searchParams.get("apikey"),
    deps.keys,
  );
  if (!key) throw new RestRefused(401, "Invalid API key");
  const bearer = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? "")?.[1];
  return deps.identify(bearer, key);
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMITS.requestBytes) throw new RestRefused(413, `A request may have ${LIMITS.requestBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readSingle(match: RegExpExecArray, url: URL, req: IncomingMessage, body: Buffer): OutgoingBroadcast {
  if ([...url.searchParams.keys()].some((name) => name.startsWith("persist"))) {
    throw new RestRefused(422, "The embedded Realtime does not store messages (persist)");
  }
  const isBytes = req.headers["content-type"]?.startsWith("application/octet-stream") ?? false;
  const message = {
    topic: decodeSegment(match[1]),
    event: decodeSegment(match[2]),
    body: isBytes ? body : parseJson(body),
    private: url.searchParams.get("private") === "true",
  };
  refuseTooLarge(body.length);
  return message;
}

function decodeSegment(segment: string | undefined): string {
  try {
    return decodeURIComponent(segment ?? "");
  } catch {
    throw new RestRefused(400, "The path is not valid percent-encoding");
  }
}

function readBatch(body: Buffer): OutgoingBroadcast[] {
  const parsed = parseJson(body);
  const messages = typeof parsed === "object" && parsed !== null && "messages" in parsed ? parsed.messages : undefined;
  if (!Array.isArray(messages) || messages.length === 0)
    throw new RestRefused(422, "`messages` must be a list with at least one message");
  return messages.map((entry: unknown, index) => {
    const {
      topic,
      event,
      payload,
      private: isPrivate,
    } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
    const texts = typeof topic === "string" && topic !== "" && typeof event === "string" && event !== "";
    if (!texts || payload === undefined)
      throw new RestRefused(422, `messages[${index}] needs topic, event and payload`);
    refuseTooLarge(Buffer.byteLength(JSON.stringify(payload)));
    return { topic, event, body: payload, private: isPrivate === true };
  });
}

function refuseTooLarge(bytes: number): void {
  if (bytes > LIMITS.payloadBytes)
    throw new RestRefused(422, `Payload size exceeds tenant limit of ${LIMITS.payloadBytes} bytes`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    throw new RestRefused(400, "The body is not JSON");
  }
}

async function publish(message: OutgoingBroadcast, identity: Identity, deps: RestDeps): Promise<void> {
  if (message.private && !(await deps.authorise(message.topic, identity)).broadcast.write) {
    throw new RestRefused(403, `You do not have permissions to write to this Channel topic: ${message.topic}`);
  }
  deps.rooms.broadcast(message.topic, message.private, { event: message.event, body: message.body });
}
