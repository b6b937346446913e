import type { RawData, WebSocket } from "ws";
import type { Log } from "../service.ts";
import type { Permissions } from "./authorization.ts";
import { Channel, JoinRefused, readJoin, type ChannelDeps } from "./channel.ts";
import { LIMITS, RateLimit } from "./limits.ts";
import {
  decodeBinary,
  decodeText,
  encodeMessage,
  MalformedFrame,
  type Broadcast,
  type Message,
  type ProtocolVersion,
} from "./protocol.ts";
import type { Rooms } from "./rooms.ts";
import { TokenRefused, type Identity } from "./token.ts";

export interface ConnectionDeps {
  readonly rooms: Rooms;
  readonly log: Log;
  identify(token: unknown): Identity;
  authorise(topic: string, identity: Identity): Promise<Permissions>;
}

/** Serves one WebSocket until it closes. */
export function serveConnection(socket: WebSocket, version: ProtocolVersion, deps: ConnectionDeps): void {
  const channels = new Map<string, Channel>();
  /** The newest join of each topic: an older one that is still being authorised has lost. */
  const joining = new Map<string, string | null>();
  const rate = new RateLimit(LIMITS.messagesPerSecond);
  let silence = setTimeout(giveUp, LIMITS.silenceMs);

  function giveUp(): void {
    socket.close(1000, "no heartbeat");
  }

  function send(frame: string | Buffer): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > LIMITS.unreadBytes) {
      deps.log("realtime: dropping a client that does not read");
      socket.terminate();
      return;
    }
    socket.send(frame, { binary: Buffer.isBuffer(frame) });
  }

  function reply(message: Message, status: "ok" | "error", response: Readonly<Record<string, unknown>>): void {
    const payload = { status, response };
    send(
      encodeMessage(
        { joinRef: message.joinRef, ref: message.ref, topic: message.topic, event: "phx_reply", payload },
        version,
      ),
    );
  }

  const channelDeps: ChannelDeps = {
    rooms: deps.rooms,
    version,
    send,
    identify: deps.identify,
    authorise: deps.authorise,
    onEnd: (channel) => {
      if (channels.get(channel.join.fullTopic) === channel) channels.delete(channel.join.fullTopic);
    },
  };

  async function join(message: Message): Promise<void> {
    try {
      const request = readJoin(message.topic, message.joinRef ?? message.ref, message.payload);
      if (!channels.has(message.topic) && channels.size + joining.size >= LIMITS.channelsPerConnection) {
        throw new JoinRefused("ChannelRateLimitReached: Too many channels");
      }
      joining.set(message.topic, request.joinRef);
      const token = message.payload["access_token"] ?? message.payload["user_token"];
      const channel = await Channel.authorise(request, token, channelDeps);
      if (joining.get(message.topic) !== request.joinRef || socket.readyState !== socket.OPEN) return;
      joining.delete(message.topic);
      endOlder(message.topic);
      channels.set(message.topic, channel);
      reply(message, "ok", { postgres_changes: [] });
      channel.enter();
    } catch (error) {
      joining.delete(message.topic);
      reply(message, "error", { reason: reasonOf(error, deps.log) });
    }
  }

  /** Phoenix allows one channel a topic and connection: a second join replaces the first. */
  function endOlder(topic: string): void {
    const older = channels.get(topic);
    if (!older) return;
    older.push("phx_close", {}, older.join.joinRef);
    older.end();
  }

  function receive(
    message: Message,
    broadcast?: { readonly body: Broadcast; readonly metadata: Readonly<Record<string, unknown>> },
  ): void {
    if (message.topic === "phoenix") {
      if (message.event === "heartbeat") reply(message, "ok", {});
      return;
    }
    if (message.event === "phx_join") return void join(message);
    const channel = channels.get(message.topic);
    if (message.event === "phx_leave") {
      joining.delete(message.topic);
      channel?.end();
      reply(message, "ok", {});
      if (channel) channel.push("phx_close", {}, channel.join.joinRef);
      return;
    }
    // A message that belongs to a channel which has been replaced or has ended since.
    if (!channel || (message.joinRef !== null && message.joinRef !== channel.join.joinRef)) {
      return reply(message, "error", { reason: "unmatched topic" });
    }
    const { payload } = message;
    if (broadcast) channel.broadcast(message.ref, broadcast.body, broadcast.metadata);
    else if (message.event === "broadcast")
      channel.broadcast(message.ref, { event: String(payload["event"] ?? ""), body: payload["payload"] }, payload);
    else if (message.event === "presence") channel.presence(message.ref, payload["event"], payload["payload"]);
    else if (message.event === "access_token") void channel.refresh(payload["access_token"]);
    else reply(message, "error", { reason: `UnknownEvent: ${message.event}` });
  }

  socket.on("message", (data: RawData, isBinary: boolean) => {
    clearTimeout(silence);
    silence = setTimeout(giveUp, LIMITS.silenceMs);
    if (!rate.take()) {
      for (const channel of channels.values())
        channel.throwOut("MessagePerSecondRateLimitReached: Too many messages per second");
      socket.close(1008, "too many messages per second");
      return;
    }
    try {
      const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
      if (!isBinary) return receive(decodeText(bytes.toString("utf8"), version));
      const message = decodeBinary(bytes);
      receive(message, { body: message.broadcast, metadata: message.metadata });
    } catch (error) {
      if (!(error instanceof MalformedFrame))
        deps.log(
          `realtime: a message failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      socket.close(
        error instanceof MalformedFrame ? 1002 : 1011,
        error instanceof MalformedFrame ? error.message : "internal error",
      );
    }
  });
  // A broken socket also closes; ws says what broke here (a frame that is too big, a bad mask).
  socket.on("error", (error) => deps.log(`realtime: connection: ${error.message}`));
  socket.on("close", () => {
    clearTimeout(silence);
    joining.clear();
    for (const channel of channels.values()) channel.end();
  });
}

function reasonOf(error: unknown, log: Log): string {
  if (error instanceof TokenRefused || error instanceof JoinRefused) return error.message;
  log(`realtime: a join could not be checked: ${error instanceof Error ? error.message : String(error)}`);
  return "UnableToConnectToProject: Realtime cannot reach the database right now. Try again";
}
