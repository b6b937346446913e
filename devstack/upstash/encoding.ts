/**
 * Turns a Redis reply into what Upstash's JSON carries. With base64 every string is encoded, except
 * a bare `OK`, which Upstash leaves plain and its client knows.
 */
export function encodeReply(reply: unknown, encoding: "base64" | "utf8"): unknown {
  if (Buffer.isBuffer(reply) && reply.toString("latin1") === "OK") return "OK";
  return encodePart(reply, encoding);
}

function encodePart(reply: unknown, encoding: "base64" | "utf8"): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString(encoding);
  if (typeof reply === "string") return Buffer.from(reply).toString(encoding);
  if (Array.isArray(reply)) return reply.map((part: unknown) => encodePart(part, encoding));
  if (reply instanceof Error) return encodePart(reply.message, encoding);
  return reply ?? null;
}
