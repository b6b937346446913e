import { z } from "zod/mini";
import { loadClient } from "./browser";
import { CHANNELS, joiningOf, type PresenceChannel } from "./channels";
import { listenOn, type RealtimeConnection } from "./shared-channel";

const presentSchema = z.object({ userId: z.uuid(), since: z.iso.datetime() });

/** Somebody who has the page open. It is what their browser says: to be shown, never to decide by. */
export type Present = z.infer<typeof presentSchema>;

export interface Presence {
  readonly channel: PresenceChannel;
  /** What the topic is about, e.g. the session. */
  readonly id: string;
  /** Who looks at this page. */
  readonly userId: string;
  /** Everybody who is there, this page's person too, once each; longest first. Not called while the socket is away. */
  readonly onPresent: (people: readonly Present[]) => void;
}

/**
 * Shows on a channel that somebody is there, and who else is, for as long as the page wants it. It joins
 * again by itself after an outage; a page that is gone is taken off by the server.
 *
 * @param connect gives the Supabase client; tests pass their own
 * @returns ends it, and takes this page off
 */
export function showPresence(presence: Presence, connect: () => Promise<RealtimeConnection> = loadClient): () => void {
  let ended = false;
  const stop = listenOn(CHANNELS[presence.channel].topic(presence.id), joiningOf(presence.channel), connect, {
    show: { userId: presence.userId, since: new Date().toISOString() },
    onLive: () => undefined,
    onPayload: () => undefined,
    onPresence: (shown) => {
      if (!ended) presence.onPresent(peopleOf(shown));
    },
  });
  return () => {
    ended = true;
    stop();
  };
}

/** Several tabs are one person, who is there since the first of them. */
function peopleOf(shown: readonly unknown[]): Present[] {
  const people = new Map<string, Present>();
  for (const one of shown) {
    const parsed = presentSchema.safeParse(one);
    if (!parsed.success) continue;
    const { userId, since } = parsed.data;
    const known = people.get(userId);
    if (!known || since < known.since) people.set(userId, { userId, since });
  }
  return [...people.values()].sort((one, other) => one.since.localeCompare(other.since));
}
