"use client";

import { useState, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import type { Standing } from "@/lib/learning/bloom/rules";
import { useChannel } from "@/lib/platform/realtime/use-channel";
import { readStanding } from "./session-client";

interface SettledLiveProps {
  readonly sessionId: string;
  readonly responseId: string;
  /** As the page was drawn. */
  readonly standing: Standing;
}

/** Draws the page of an answer that waits anew once somebody has looked at it, and says so. */
export function SettledLive({ sessionId, responseId, standing }: SettledLiveProps): ReactNode {
  const router = useRouter();
  const [drawn] = useState(standing);
  const waits = standing === "needs_review" || standing === "appealed";
  useChannel(
    waits
      ? {
          channel: "session",
          id: sessionId,
          fetchSnapshot: (signal) => readStanding(sessionId, responseId, signal),
          versionOf: (snapshot: Awaited<ReturnType<typeof readStanding>>) => snapshot.version,
          onSnapshot: (now) => {
            if (now.standing !== null && now.standing !== standing) router.refresh();
          },
          onMessage: (message) => {
            if (message.type === "response:settled") router.refresh();
          },
        }
      : null,
  );
  return (
    <p role="status" className="text-sm text-muted empty:sr-only">
      {standing === drawn ? "" : "This answer has been looked at just now."}
    </p>
  );
}
