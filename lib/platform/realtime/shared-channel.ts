import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";

/** Only what is used, so that any schema's client fits. */
export type RealtimeConnection = Pick<SupabaseClient, "channel" | "removeChannel"> & {
  readonly realtime: Pick<SupabaseClient["realtime"], "setAuth">;
};

/** What somebody shows of themselves; flat, because it is sent to everybody on the channel at each change. */
export type Shown = Readonly<Record<string, string>>;

export interface ChannelListener {
  onPayload(payload: unknown): void;
  /** True from each (re)join on, false from the moment the channel is known to be gone. */
  onLive(live: boolean): void;
  /** Everything shown on the channel, whenever that changes; only where presence is on. */
  onPresence?(shown: readonly unknown[]): void;
  /** What this page shows on the channel for as long as it listens. */
  readonly show?: Shown;
}

/** How a topic is joined; all who listen on it say the same. */
export interface Joining {
  readonly private: boolean;
  readonly presence: boolean;
}

interface SharedChannel {
  readonly listeners: Set<ChannelListener>;
  live: boolean;
  /** Shows what the listeners want shown, or that there is nothing any more. */
  show(): void;
  stop(): void;
}

/** Waits before a channel that the server closed is joined anew (its token had ended, or a restart). */
const REJOIN_MS = [500, 1_000, 2_000, 5_000, 10_000];

const shared = new Map<string, SharedChannel>();

/**
 * Listens on a topic. Several parts of a page may listen on one: Supabase's client allows a topic one
 * channel, so they share it, and the last to go closes it.
 *
 * @param connect gives the page's Supabase client; a failure is tried again
 * @returns stops listening
 */
export function listenOn(
  topic: string,
  joining: Joining,
  connect: () => Promise<RealtimeConnection>,
  listener: ChannelListener,
): () => void {
  const channel = shared.get(topic) ?? open(topic, joining, connect);
  shared.set(topic, channel);
  channel.listeners.add(listener);
  if (channel.live) {
    listener.onLive(true);
    if (listener.show) channel.show();
  }
  return () => {
    if (!channel.listeners.delete(listener)) return;
    if (channel.listeners.size > 0) {
      if (listener.show && channel.live) channel.show();
      return;
    }
    shared.delete(topic);
    channel.stop();
  };
}

function open(topic: string, joining: Joining, connect: () => Promise<RealtimeConnection>): SharedChannel {
  let stopped = false;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let leave: (() => void) | undefined;
  let joined: RealtimeChannel | undefined;
  const self: SharedChannel = { listeners: new Set(), live: false, show, stop };

  function show(): void {
    const shown = [...self.listeners].find((listener) => listener.show)?.show;
    // Presence is not worth an error: the next join shows it again.
    void (shown ? joined?.track(shown) : joined?.untrack())?.catch(() => undefined);
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
    leave?.();
  }

  function setLive(live: boolean): void {
    if (stopped || (self.live === live && !live)) return;
    self.live = live;
    for (const listener of self.listeners) listener.onLive(live);
    if (live && [...self.listeners].some((listener) => listener.show)) show();
  }

  function again(): void {
    setLive(false);
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => void join(), REJOIN_MS[Math.min(attempt, REJOIN_MS.length - 1)]);
    attempt += 1;
  }

  async function join(): Promise<void> {
    leave?.();
    leave = undefined;
    let connection: RealtimeConnection;
    try {
      connection = await connect();
      // The session's token as the cookies have it now, refreshed if it was about to end.
      await connection.realtime.setAuth();
    } catch {
      // Without configuration or network the page polls meanwhile; this goes on trying.
      return again();
    }
    if (stopped) return;
    const channel = connection.channel(topic, {
      config: { private: joining.private, ...(joining.presence ? { presence: { enabled: true } } : {}) },
    });
    joined = channel;
    let current = true;
    leave = () => {
      current = false;
      void connection.removeChannel(channel);
    };
    channel.on("broadcast", { event: "*" }, (message: { payload?: unknown }) => {
      for (const listener of self.listeners) listener.onPayload(message.payload);
    });
    if (joining.presence) {
      channel.on("presence", { event: "sync" }, () => {
        const shown = Object.values(channel.presenceState()).flat();
        for (const listener of self.listeners) listener.onPresence?.(shown);
      });
    }
    watch(channel, () => current);
  }

  function watch(channel: RealtimeChannel, isCurrent: () => boolean): void {
    channel.subscribe((status) => {
      if (!isCurrent()) return;
      if (status === "SUBSCRIBED") {
        attempt = 0;
        setLive(true);
      } else if (status === "CLOSED") {
        // The client rejoins by itself after errors, but never what the server closed.
        again();
      } else {
        setLive(false);
      }
    });
  }

  void join();
  return self;
}
