/**
 * The Phoenix channel protocol as @supabase/realtime-js speaks it. Version 1.0.0 is JSON objects;
 * 2.0.0 is JSON arrays, with binary frames for what people broadcast (kind 3 in, kind 4 out).
 */
export type ProtocolVersion = "1.0.0" | "2.0.0";

/** A message with a JSON payload, either way. */
export interface Message {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A broadcast; `body` is the JSON value, or bytes when it was sent as bytes. */
export interface Broadcast {
  readonly event: string;
  readonly body: unknown;
}

/** Thrown for a frame that cannot be read; the connection ends, as Phoenix does. */
export class MalformedFrame extends Error {
  override readonly name = "MalformedFrame";
}

const KIND_BROADCAST_PUSH = 3;
const KIND_BROADCAST = 4;
const ENCODING_BINARY = 0;
const ENCODING_JSON = 1;
const PUSH_HEADER_BYTES = 7;

/** @throws MalformedFrame */
export function decodeText(text: string, version: ProtocolVersion): Message {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new MalformedFrame("the frame is not JSON");
  }
  const parts = version === "2.0.0" ? arrayParts(parsed) : objectParts(parsed);
  const { topic, event, payload } = parts;
  if (typeof topic !== "string" || typeof event !== "string") throw new MalformedFrame("topic and event must be texts");
  const isObject = typeof payload === "object" && payload !== null && !Array.isArray(payload);
  return {
    joinRef: refOf(parts.joinRef),
    ref: refOf(parts.ref),
    topic,
    event,
    payload: isObject ? (payload as Record<string, unknown>) : {},
  };
}

interface RawParts {
  readonly joinRef: unknown;
  readonly ref: unknown;
  readonly topic: unknown;
  readonly event: unknown;
  readonly payload: unknown;
}

function arrayParts(parsed: unknown): RawParts {
  if (!Array.isArray(parsed) || parsed.length !== 5) throw new MalformedFrame("protocol 2.0.0 is an array of five");
  const [joinRef, ref, topic, event, payload] = parsed as unknown[];
  return { joinRef, ref, topic, event, payload };
}

function objectParts(parsed: unknown): RawParts {
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new MalformedFrame("protocol 1.0.0 is an object");
  const { join_ref: joinRef, ref, topic, event, payload } = parsed as Record<string, unknown>;
  return { joinRef, ref, topic, event, payload };
}

function refOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

/**
 * Reads the one binary frame that clients send: a broadcast push.
 * @throws MalformedFrame
 */
export function decodeBinary(
  data: Buffer,
): Message & { readonly broadcast: Broadcast; readonly metadata: Readonly<Record<string, unknown>> } {
  if (data.length < PUSH_HEADER_BYTES || data[0] !== KIND_BROADCAST_PUSH)
    throw new MalformedFrame("an unknown binary frame");
  const sizes = [...data.subarray(1, 6)];
  const encoding = data[6];
  let offset = PUSH_HEADER_BYTES;
  const [joinRef = "", ref = "", topic = "", event = "", meta = ""] = sizes.map((size) => {
    if (offset + size > data.length) throw new MalformedFrame("the frame is shorter than its header says");
    const text = data.toString("utf8", offset, offset + size);
    offset += size;
    return text;
  });
  const rest = data.subarray(offset);
  const body: unknown = encoding === ENCODING_BINARY ? Buffer.from(rest) : parseJson(rest.toString("utf8"));
  const metadata = meta === "" ? {} : (parseJson(meta) as Record<string, unknown>);
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: "broadcast",
    payload: {},
    broadcast: { event, body },
    metadata,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedFrame("the frame's payload is not JSON");
  }
}

export function encodeMessage(message: Message, version: ProtocolVersion): string {
  const { joinRef, ref, topic, event, payload } = message;
  return version === "2.0.0"
    ? JSON.stringify([joinRef, ref, topic, event, payload])
    : JSON.stringify({ join_ref: joinRef, ref, topic, event, payload });
}

/**
 * A broadcast as one client hears it.
 * @param topic with its `realtime:` prefix
 * @returns null when this protocol version cannot carry it (bytes in 1.0.0)
 */
export function encodeBroadcast(topic: string, broadcast: Broadcast, version: ProtocolVersion): string | Buffer | null {
  const isBinary = Buffer.isBuffer(broadcast.body);
  const topicBytes = Buffer.from(topic);
  const eventBytes = Buffer.from(broadcast.event);
  if (version === "2.0.0" && topicBytes.length <= 255 && eventBytes.length <= 255) {
    const body = isBinary ? (broadcast.body as Buffer) : Buffer.from(JSON.stringify(broadcast.body ?? null));
    const header = Buffer.from([
      KIND_BROADCAST,
      topicBytes.length,
      eventBytes.length,
      0,
      isBinary ? ENCODING_BINARY : ENCODING_JSON,
    ]);
    return Buffer.concat([header, topicBytes, eventBytes, body]);
  }
  if (isBinary) return null;
  const payload = { type: "broadcast", event: broadcast.event, payload: broadcast.body ?? null };
  return encodeMessage({ joinRef: null, ref: null, topic, event: "broadcast", payload }, version);
}
