"use client";

import { useEffect, useState, type ReactNode } from "react";
import type { PresenceChannel } from "@/lib/platform/realtime/channels";

interface CompanyProps {
  readonly sessionId: string;
  readonly concept: string;
}

/** How many others are at the same lesson, and whether this session is open elsewhere too. Nobody is named. */
export function Company({ sessionId, concept }: CompanyProps): ReactNode {
  // People are told apart by their sessions, the devices of one session by a number made for this page.
  const atLesson = usePresent("lesson", concept, sessionId);
  const [device] = useState(() => crypto.randomUUID());
  const devices = usePresent("session", sessionId, device);
  const others = atLesson - 1;
  return (
    <p data-testid="company">
      {devices > 1 ? "Also open in another tab or on another device. " : ""}
      {others > 0 ? `${others} ${others === 1 ? "other is" : "others are"} at this lesson now.` : ""}
    </p>
  );
}

function usePresent(channel: PresenceChannel, id: string, userId: string): number {
  const [present, setPresent] = useState(0);
  useEffect(() => {
    let ended = false;
    let end: (() => void) | undefined;
    // It comes after the page, as all that listens does; without it the page is whole.
    void import("@/lib/platform/realtime/presence").then(
      ({ showPresence }) => {
        if (!ended) end = showPresence({ channel, id, userId, onPresent: (people) => setPresent(people.length) });
      },
      () => undefined,
    );
    return () => {
      ended = true;
      end?.();
    };
  }, [channel, id, userId]);
  return present;
}
