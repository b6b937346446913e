import { CHANNELS, joiningOf, readMessage, type ChannelMessage, type ChannelName } from "./channels";
import { MessageGate, type SnapshotVersion } from "./message-gate";
import { listenOn, type RealtimeConnection } from "./shared-channel";

/**
 * `connecting`: nothing joined yet. `live`: joined, messages come by themselves. `reconnecting`: was
 * live and will be again. `polling`: the socket has been out of reach for a while and the snapshot
 * is fetched every few seconds instead.
 */
export type LiveState = "connecting" | "live" | "reconnecting" | "polling";

export interface Subscription<Name extends ChannelName, Snapshot> {
  readonly channel: Name;
  /** What the topic is about, e.g. the analysis; the user for `user`; ignored by `giving`. */
  readonly id: string;
  /** Fetches the present state; called at each (re)join, on return to the page, and while polling. */
  readonly fetchSnapshot: (signal: AbortSignal) => Promise<Snapshot>;
  /** The version a snapshot stands for: of the channel, or per message type where types count alone. */
  readonly versionOf: (snapshot: Snapshot) => SnapshotVersion;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Never called on public channels, whose messages only make the snapshot be fetched anew. */
  readonly onMessage?: (message: ChannelMessage<Name>) => void;
  readonly onState?: (state: LiveState) => void;
  /** A snapshot that could not be fetched; it is tried again. */
  readonly onError?: (error: unknown) => void;
}

const POLL_AFTER_MS = 4_000;
const POLL_EVERY_MS = 5_000;
const RETRY_SNAPSHOT_MS = 2_000;
/** Hints reach all viewers at one moment: they ask for the snapshot spread over this long. */
const HINT_SPREAD_MS = 150;

/** Supabase's client is large: it comes after the page, and only to pages that listen. */
export async function loadClient(): Promise<RealtimeConnection> {
  const { browserClient } = await import("@/lib/platform/supabase/browser");
  return browserClient();
}

/**
 * Keeps a part of a page up to date over a Realtime channel.
 *
 * On every join the snapshot is fetched; messages that come meanwhile wait, and those not newer than
 * it are dropped. While no socket can be had the snapshot is polled. Coming back to the page (a
 * hidden tab loses its socket silently) or online fetches it as well.
 *
 * @param connect gives the Supabase client; tests pass their own
 * @returns ends the subscription; nothing is called afterwards
 */
export function subscribe<Name extends ChannelName, Snapshot>(
  subscription: Subscription<Name, Snapshot>,
  connect: () => Promise<RealtimeConnection> = loadClient,
): () => void {
  const definition = CHANNELS[subscription.channel];
  const gate = new MessageGate<ChannelMessage<Name>>(definition.versions);
  const ending = new AbortController();
  let state: LiveState = "connecting";
  let wasLive = false;
  let fetching: Promise<void> | undefined;
  let fetchAgain = false;
  let pollTimer: ReturnType<typeof setTimeout> | undefined;
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;

  function setState(next: LiveState): void {
    if (next === state || ending.signal.aborted) return;
    state = next;
    subscription.onState?.(next);
  }

  function refresh(): void {
    if (ending.signal.aborted) return;
    clearTimeout(refreshTimer);
    refreshTimer = undefined;
    if (fetching) {
      // The answer under way may have been made before what asks for this one happened.
      fetchAgain = true;
      return;
    }
    gate.hold();
    fetching = subscription
      .fetchSnapshot(ending.signal)
      .then(apply, (error: unknown) => {
        if (ending.signal.aborted) return;
        subscription.onError?.(error);
        refreshTimer ??= setTimeout(refresh, RETRY_SNAPSHOT_MS);
      })
      .finally(() => {
        fetching = undefined;
        if (!fetchAgain) return;
        fetchAgain = false;
        refresh();
      });
  }

  function apply(snapshot: Snapshot): void {
    if (ending.signal.aborted) return;
    const { current, messages } = gate.release(subscription.versionOf(snapshot));
    if (current) subscription.onSnapshot(snapshot);
    for (const message of messages) subscription.onMessage?.(message);
  }

  function poll(): void {
    if (ending.signal.aborted) return;
    setState("polling");
    refresh();
    pollTimer = setTimeout(poll, POLL_EVERY_MS);
  }

  function waitForSocket(): void {
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, POLL_AFTER_MS);
  }

  const stopListening = listenOn(definition.topic(subscription.id), joiningOf(subscription.channel), connect, {
    onLive: (live) => {
      if (live) {
        clearTimeout(pollTimer);
        wasLive = true;
        setState("live");
        refresh();
      } else if (state !== "polling") {
        if (wasLive) setState("reconnecting");
        waitForSocket();
      }
    },
    onPayload: (payload) => {
      const message = readMessage(subscription.channel, payload);
      if (!message || ending.signal.aborted) return;
      if (!definition.private) {
        if (gate.isNewer(message)) refreshTimer ??= setTimeout(refresh, Math.random() * HINT_SPREAD_MS);
        return;
      }
      const shown = gate.take(message);
      if (shown) subscription.onMessage?.(shown);
    },
  });
  waitForSocket();

  const onReturn = (): void => {
    if (document.visibilityState === "visible") refresh();
  };
  if (typeof document !== "undefined") {
    document.addEventListener("visibilitychange", onReturn);
    window.addEventListener("online", onReturn);
  }

  return () => {
    ending.abort();
    stopListening();
    clearTimeout(pollTimer);
    clearTimeout(refreshTimer);
    if (typeof document !== "undefined") {
      document.removeEventListener("visibilitychange", onReturn);
      window.removeEventListener("online", onReturn);
    }
  };
}
