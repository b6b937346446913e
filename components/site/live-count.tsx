"use client";

import { useEffect, useState, type ReactNode } from "react";
import { browserClient } from "@/lib/platform/supabase/browser";
import { useChannel } from "@/lib/platform/realtime/use-channel";
import { notify } from "@/components/ui/notices";
import { fetchNewestNotice } from "./newest-notice";

/** Keeps the number of unread notices true, and says when a new one has come. Draws nothing. */
export function LiveCount({ onUnread }: { readonly onUnread: (unread: number) => void }): ReactNode {
  const [userId, setUserId] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    browserClient()
      .then((client) => client.auth.getSession())
      .then(
        ({ data }) => {
          if (!gone) setUserId(data.session?.user.id ?? null);
        },
        // Without a connection there is no live count; the next page tries again.
        () => undefined,
      );
    return () => {
      gone = true;
    };
  }, []);
  useChannel(
    userId === null
      ? null
      : {
          channel: "user",
          id: userId,
          fetchSnapshot: fetchNewestNotice,
          versionOf: (snapshot) => ({ notice: snapshot.version }),
          onSnapshot: (snapshot) => onUnread(snapshot.unread),
          onMessage: (message) => {
            if (message.type !== "notice") return;
            notify({ title: message.data.title, detail: message.data.body });
            fetchNewestNotice(AbortSignal.timeout(5_000)).then(
              (newest) => onUnread(newest.unread),
              // The count is a hint; the next page or notice asks again.
              () => undefined,
            );
          },
        },
  );
  return null;
}
