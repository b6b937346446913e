import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Redis } from "ioredis";

/** Keeps proxies and idle time-outs from ending a quiet stream. */
const KEEP_ALIVE_MS = 20_000;

/**
 * Streams a channel, or a pattern of channels, as server-sent events in Upstash's form:
 * `subscribe,<channel>,<count>` first, then `message,<channel>,<text>` or
 * `pmessage,<pattern>,<channel>,<text>`. It has a connection of its own, because Redis allows a
 * subscribed one nothing else.
 */
export function streamSubscription(c: Context, redis: Redis, kind: "subscribe" | "psubscribe", name: string): Response {
  const subscriber = redis.duplicate({
    enableOfflineQueue: true,
    lazyConnect: false,
    maxRetriesPerRequest: 1,
    commandTimeout: undefined,
  });
  // Failures reach the stream through the calls below; the event must have a listener all the same.
  subscriber.on("error", () => undefined);
  return streamSSE(
    c,
    async (stream) => {
      const ended = new Promise<void>((resolve) => stream.onAbort(resolve));
      const beat = setInterval(() => void stream.write(": keep-alive\n\n"), KEEP_ALIVE_MS);
      try {
        subscriber.on(
          "message",
          (channel: string, text: string) => void stream.writeSSE({ data: `message,${channel},${text}` }),
        );
        subscriber.on(
          "pmessage",
          (pattern: string, channel: string, text: string) =>
            void stream.writeSSE({ data: `pmessage,${pattern},${channel},${text}` }),
        );
        const count = kind === "subscribe" ? await subscriber.subscribe(name) : await subscriber.psubscribe(name);
        await stream.writeSSE({ data: `${kind},${name},${String(count)}` });
        await ended;
      } finally {
        clearInterval(beat);
        subscriber.disconnect();
      }
    },
    async (error, stream) => {
      await stream.writeSSE({ data: `error,${name},${error.message}` });
    },
  );
}
