"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { LiveState, Subscription } from "./browser";
import type { ChannelName } from "./channels";

/** The code that listens could not be loaded (the network is away): it is asked for again after this long. */
const RETRY_CODE_MS = 5_000;

/**
 * Keeps a component up to date over a channel; see {@link subscribe}. It subscribes anew when the
 * channel or the id changes, while the callbacks may be new at every render.
 *
 * @param subscription null while there is nothing to listen to, e.g. before somebody has signed in
 * @returns how the page is being kept up to date
 */
export function useChannel<Name extends ChannelName, Snapshot>(
  subscription: Subscription<Name, Snapshot> | null,
): LiveState {
  const key = subscription ? `${subscription.channel} ${subscription.id}` : null;
  const [reported, report] = useState<{ readonly key: string | null; readonly state: LiveState }>({
    key,
    state: "connecting",
  });

  /** The newest render's callbacks, as long as it still listens to what `mine` began with. */
  const newest = useEffectEvent((mine: Subscription<Name, Snapshot>): Subscription<Name, Snapshot> =>
    subscription?.channel === mine.channel && subscription.id === mine.id ? subscription : mine,
  );

  const start = useEffectEvent((begun: string | null): (() => void) | undefined => {
    if (!subscription) return undefined;
    const mine = subscription;
    const relayed: Subscription<Name, Snapshot> = {
      channel: mine.channel,
      id: mine.id,
      fetchSnapshot: (signal) => newest(mine).fetchSnapshot(signal),
      versionOf: (snapshot) => newest(mine).versionOf(snapshot),
      onSnapshot: (snapshot) => newest(mine).onSnapshot(snapshot),
      onMessage: (message) => newest(mine).onMessage?.(message),
      onError: (error) => newest(mine).onError?.(error),
      onState: (state) => {
        report({ key: begun, state });
        newest(mine).onState?.(state);
      },
    };
    let ended = false;
    let end: (() => void) | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    // Channels are checked by schemas, whose library is larger than most pages: it comes after the page.
    const begin = (): Promise<void> =>
      import("./browser").then(
        ({ subscribe }) => {
          if (!ended) end = subscribe(relayed);
        },
        (error: unknown) => {
          if (ended) return;
          newest(mine).onError?.(error);
          retry = setTimeout(begin, RETRY_CODE_MS);
        },
      );
    void begin();
    return () => {
      ended = true;
      clearTimeout(retry);
      end?.();
    };
  });

  useEffect(() => start(key), [key]);

  return reported.key === key ? reported.state : "connecting";
}
