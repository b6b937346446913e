import { randomUUID } from "node:crypto";
import { EVERYTHING, type Permissions } from "./authorization.ts";
import { LIMITS } from "./limits.ts";
import { encodeBroadcast, encodeMessage, type Broadcast, type ProtocolVersion } from "./protocol.ts";
import type { Member, Rooms } from "./rooms.ts";
import { TokenRefused, type Identity } from "./token.ts";

/** setTimeout counts in 31 bits; a token that lasts longer is looked at again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface JoinRequest {
  /** With its `realtime:` prefix. */
  readonly fullTopic: string;
  readonly joinRef: string | null;
  readonly private: boolean;
  readonly self: boolean;
  readonly ack: boolean;
  readonly presenceKey: string;
  readonly presenceEnabled: boolean;
}

export interface ChannelDeps {
  readonly rooms: Rooms;
  readonly version: ProtocolVersion;
  send(frame: string | Buffer): void;
  identify(token: unknown): Identity;
  authorise(topic: string, identity: Identity): Promise<Permissions>;
  /** Called once when the channel has ended, for whatever reason. */
  onEnd(channel: Channel): void;
}

/** Thrown when a join is refused; the message goes to the client as the reason. */
export class JoinRefused extends Error {
  override readonly name = "JoinRefused";
}

/** Reads the configuration of a join. @throws JoinRefused for what this gateway does not offer */
export function readJoin(
  fullTopic: string,
  joinRef: string | null,
  payload: Readonly<Record<string, unknown>>,
): JoinRequest {
  if (!fullTopic.startsWith("realtime:") || fullTopic.length === "realtime:".length)
    throw new JoinRefused("TopicNameRequired: You must provide a topic name");
  if (Buffer.byteLength(fullTopic) > LIMITS.topicBytes)
    throw new JoinRefused(`InvalidTopic: A topic may have ${LIMITS.topicBytes} bytes`);
  const config = fieldsOf(payload["config"]);
  const broadcast = fieldsOf(config["broadcast"]);
  const presence = fieldsOf(config["presence"]);
  const changes = config["postgres_changes"];
  if (Array.isArray(changes) && changes.length > 0) {
    throw new JoinRefused(
      "PostgresChangesNotSupported: The embedded Realtime does not stream postgres_changes. Broadcast from the database with realtime.send instead",
    );
  }
  if (broadcast["replay"] !== undefined)
    throw new JoinRefused(
      "ReplayNotSupported: The embedded Realtime does not replay messages. Fetch the present state after joining",
    );
  const key = presence["key"];
  return {
    fullTopic,
    joinRef,
    private: config["private"] === true,
    self: broadcast["self"] === true,
    ack: broadcast["ack"] === true,
    presenceKey: typeof key === "string" && key !== "" ? key : randomUUID(),
    presenceEnabled: presence["enabled"] === true,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** One joined topic of one connection, from an accepted join until it is left or thrown out. */
export class Channel implements Member {
  readonly id = randomUUID();
  readonly join: JoinRequest;
  readonly topic: string;
  readonly #deps: ChannelDeps;
  #identity: Identity;
  #permissions: Permissions;
  #expiry: NodeJS.Timeout | undefined;
  #ended = false;

  private constructor(join: JoinRequest, deps: ChannelDeps, identity: Identity, permissions: Permissions) {
    this.join = join;
    this.topic = join.fullTopic.slice("realtime:".length);
    this.#deps = deps;
    this.#identity = identity;
    this.#permissions = permissions;
  }

  /**
   * Authorises a join. The channel hears nothing before {@link enter}.
   * @throws TokenRefused, JoinRefused
   */
  static async authorise(join: JoinRequest, token: unknown, deps: ChannelDeps): Promise<Channel> {
    const identity = deps.identify(token);
    const topic = join.fullTopic.slice("realtime:".length);
    const permissions = join.private ? await deps.authorise(topic, identity) : EVERYTHING;
    refuseUnreadable(permissions, topic);
    return new Channel(join, deps, identity, permissions);
  }

  get hearsPresence(): boolean {
    return this.join.presenceEnabled && this.#permissions.presence.read;
  }

  enter(): void {
    this.#deps.rooms.join(this.topic, this.join.private, this);
    this.#armExpiry();
    if (this.hearsPresence) this.push("presence_state", this.#deps.rooms.presenceState(this.topic, this.join.private));
  }

  deliver(broadcast: Broadcast): void {
    const frame = encodeBroadcast(this.join.fullTopic, broadcast, this.#deps.version);
    if (frame !== null && !this.#ended) this.#deps.send(frame);
  }

  push(event: string, payload: Readonly<Record<string, unknown>>, ref: string | null = null): void {
    this.#deps.send(
      encodeMessage(
        { joinRef: this.join.joinRef, ref, topic: this.join.fullTopic, event, payload },
        this.#deps.version,
      ),
    );
  }

  reply(ref: string | null, status: "ok" | "error", response: Readonly<Record<string, unknown>>): void {
    if (ref !== null) this.push("phx_reply", { status, response }, ref);
  }

  /** A broadcast that this client sends. */
  broadcast(ref: string | null, broadcast: Broadcast, metadata: Readonly<Record<string, unknown>>): void {
    if (metadata["persist"] !== undefined)
      return this.reply(ref, "error", { error: "PersistNotSupported: The embedded Realtime does not store messages" });
    const bytes = Buffer.isBuffer(broadcast.body)
      ? broadcast.body.length
      : Buffer.byteLength(JSON.stringify(broadcast.body ?? null));
    if (bytes > LIMITS.payloadBytes)
      return this.reply(ref, "error", { reason: `PayloadTooLarge: A message may have ${LIMITS.payloadBytes} bytes` });
    if (!this.#permissions.broadcast.write) {
      return this.reply(ref, "error", {
        reason: `Unauthorized: You do not have permissions to write to this Channel topic: ${this.topic}`,
      });
    }
    this.#deps.rooms.broadcast(this.topic, this.join.private, broadcast, this.join.self ? undefined : this);
    if (this.join.ack) this.reply(ref, "ok", {});
  }

  presence(ref: string | null, event: unknown, payload: unknown): void {
    if (!this.#permissions.presence.write) {
      return this.reply(ref, "error", {
        reason: `Unauthorized: You do not have permissions to track presence in this Channel topic: ${this.topic}`,
      });
    }
    if (event === "track")
      this.#deps.rooms.track(this.topic, this.join.private, this, this.join.presenceKey, fieldsOf(payload));
    else if (event === "untrack") this.#deps.rooms.untrack(this.topic, this.join.private, this);
    else return this.reply(ref, "error", { reason: "UnknownPresenceEvent: Presence knows track and untrack" });
    this.reply(ref, "ok", {});
  }

  /** A refreshed token: what it may do is asked anew, and a channel that it may not read ends. */
  async refresh(token: unknown): Promise<void> {
    try {
      const identity = this.#deps.identify(token);
      const permissions = this.join.private ? await this.#deps.authorise(this.topic, identity) : EVERYTHING;
      refuseUnreadable(permissions, this.topic);
      if (this.#ended) return;
      this.#identity = identity;
      this.#permissions = permissions;
      this.#armExpiry();
    } catch (error) {
      if (error instanceof TokenRefused || error instanceof JoinRefused) this.throwOut(error.message);
      else this.throwOut("DatabaseUnavailable: The new token could not be checked, so the channel ends. Join again");
    }
  }

  /** Ends the channel from this side: says why, then closes it. */
  throwOut(message: string): void {
    if (this.#ended) return;
    this.push("system", { status: "error", extension: "system", message, channel: this.topic });
    this.push("phx_close", {}, this.join.joinRef);
    this.end();
  }

  /** Stops everything of the channel without a word. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#expiry);
    this.#deps.rooms.leave(this.topic, this.join.private, this);
    this.#deps.onEnd(this);
  }

  #armExpiry(): void {
    clearTimeout(this.#expiry);
    const { expiresAt } = this.#identity;
    if (expiresAt === null) return;
    const left = expiresAt - Date.now();
    if (left <= 0) return this.throwOut("InvalidJWTToken: Token has expired 0 seconds ago");
    this.#expiry = setTimeout(() => this.#armExpiry(), Math.min(left, LONGEST_TIMER_MS));
  }
}

function refuseUnreadable(permissions: Permissions, topic: string): void {
  if (!permissions.broadcast.read && !permissions.presence.read) {
    throw new JoinRefused(`Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`);
  }
}
