"use client";

import { useRouter } from "next/navigation";
import { useRef, type ReactNode } from "react";
import { useChannel } from "@/lib/platform/realtime/use-channel";
import { fetchNewestNotice } from "@/components/site/newest-notice";

/** Has the server draw the list anew when a notice has come. Draws nothing itself. */
export function LiveList({ userId, newest }: { readonly userId: string; readonly newest: number }): ReactNode {
  const router = useRouter();
  const shown = useRef(newest);
  const refreshIfNewer = (version: number) => {
    if (version <= shown.current) return;
    shown.current = version;
    router.refresh();
  };
  useChannel({
    channel: "user",
    id: userId,
    fetchSnapshot: fetchNewestNotice,
    versionOf: (snapshot) => ({ notice: snapshot.version }),
    onSnapshot: (snapshot) => refreshIfNewer(snapshot.version),
    onMessage: (message) => {
      if (message.type === "notice") refreshIfNewer(message.version);
    },
  });
  return null;
}
