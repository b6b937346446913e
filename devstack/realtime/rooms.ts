import { randomUUID } from "node:crypto";
import type { Broadcast } from "./protocol.ts";

/** What a room needs of a channel that somebody has joined. */
export interface Member {
  readonly id: string;
  /** Whether presence is sent to it: asked for at the join and allowed by the policies. */
  readonly hearsPresence: boolean;
  deliver(broadcast: Broadcast): void;
  push(event: string, payload: Readonly<Record<string, unknown>>): void;
}

interface Meta {
  readonly phx_ref: string;
  readonly [field: string]: unknown;
}

type PresenceState = Record<string, { metas: Meta[] }>;

interface Room {
  readonly members: Map<string, Member>;
  readonly presences: Map<string, { readonly key: string; readonly meta: Meta }>;
}

/**
 * Who listens where. A private and a public topic of one name are two rooms, as on hosted Supabase:
 * joining the public one says nothing about the private one.
 */
export class Rooms {
  readonly #rooms = new Map<string, Room>();

  join(topic: string, isPrivate: boolean, member: Member): void {
    const name = roomName(topic, isPrivate);
    const room = this.#rooms.get(name) ?? { members: new Map<string, Member>(), presences: new Map() };
    this.#rooms.set(name, room);
    room.members.set(member.id, member);
  }

  leave(topic: string, isPrivate: boolean, member: Member): void {
    const room = this.#rooms.get(roomName(topic, isPrivate));
    if (!room) return;
    this.untrack(topic, isPrivate, member);
    room.members.delete(member.id);
    if (room.members.size === 0) this.#rooms.delete(roomName(topic, isPrivate));
  }

  /** @param except the sender, unless it asked to hear itself */
  broadcast(topic: string, isPrivate: boolean, broadcast: Broadcast, except?: Member): void {
    const room = this.#rooms.get(roomName(topic, isPrivate));
    for (const member of room?.members.values() ?? []) {
      if (member.id !== except?.id) member.deliver(broadcast);
    }
  }

  presenceState(topic: string, isPrivate: boolean): PresenceState {
    const state: PresenceState = Object.create(null) as PresenceState;
    for (const { key, meta } of this.#rooms.get(roomName(topic, isPrivate))?.presences.values() ?? []) {
      (state[key] ??= { metas: [] }).metas.push(meta);
    }
    return state;
  }

  track(
    topic: string,
    isPrivate: boolean,
    member: Member,
    key: string,
    payload: Readonly<Record<string, unknown>>,
  ): void {
    const room = this.#rooms.get(roomName(topic, isPrivate));
    if (!room) return;
    const before = room.presences.get(member.id);
    const meta: Meta = { ...payload, phx_ref: randomUUID(), ...(before ? { phx_ref_prev: before.meta.phx_ref } : {}) };
    room.presences.set(member.id, { key, meta });
    tellDiff(room, { [key]: { metas: [meta] } }, before ? { [before.key]: { metas: [before.meta] } } : {});
  }

  untrack(topic: string, isPrivate: boolean, member: Member): void {
    const room = this.#rooms.get(roomName(topic, isPrivate));
    const presence = room?.presences.get(member.id);
    if (!room || !presence) return;
    room.presences.delete(member.id);
    tellDiff(room, {}, { [presence.key]: { metas: [presence.meta] } });
  }
}

function tellDiff(room: Room, joins: PresenceState, leaves: PresenceState): void {
  for (const member of room.members.values()) {
    if (member.hearsPresence) member.push("presence_diff", { joins, leaves });
  }
}

function roomName(topic: string, isPrivate: boolean): string {
  return `${isPrivate ? "private" : "public"}:${topic}`;
}
