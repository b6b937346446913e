"use client";

import { useCallback, useRef, useState, type ReactNode } from "react";
import Link from "next/link";
import { z } from "zod";
import { PledgeBadge } from "@/components/giving/pledge-status";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import { activitySchema, type Activity } from "@/lib/giving/administration/schemas";
import { useChannel } from "@/lib/platform/realtime/use-channel";

const pageSchema = z.object({ items: z.array(activitySchema) });
const SHOWN_AS: Readonly<Record<Activity["kind"], string>> = {
  pledged: "pending",
  authorized: "authorized",
  captured: "captured",
  completed: "completed",
  failed: "failed",
  canceled: "canceled",
};

/** The last steps of money, kept up to date: over the channel of those who look after giving, else by asking. */
export function LiveActivity({
  initial,
  userId,
  everything,
}: {
  readonly initial: readonly Activity[];
  readonly userId: string;
  /** Of every campaign, for operators; else of one's own. */
  readonly everything: boolean;
}): ReactNode {
  const [items, setItems] = useState(initial);
  const asking = useRef<"no" | "yes" | "once more">("no");
  const fetchSnapshot = useCallback(async (signal: AbortSignal): Promise<readonly Activity[]> => {
    const response = await fetch("/api/v1/admin/activity?limit=12", {
      headers: { accept: "application/json" },
      signal,
    });
    if (!response.ok) throw new Error(`the activity could not be read (${response.status})`);
    return pageSchema.parse(await response.json()).items;
  }, []);
  /** One question at a time: however many messages come meanwhile, one more is asked afterwards, and none overtakes. */
  const askAgain = useCallback(async (): Promise<void> => {
    if (asking.current !== "no") {
      asking.current = "once more";
      return;
    }
    do {
      asking.current = "yes";
      await fetchSnapshot(AbortSignal.timeout(10_000)).then(setItems, () => undefined);
    } while (wantsMore(asking));
    asking.current = "no";
  }, [fetchSnapshot]);
  const live = useChannel({
    channel: everything ? "giving" : "ownGiving",
    id: everything ? "all" : userId,
    fetchSnapshot,
    // A list has no number of its own: whatever comes last is the newest.
    versionOf: () => ({}),
    onSnapshot: (snapshot: readonly Activity[]) => setItems(snapshot),
    onMessage: () => void askAgain(),
  });
  return (
    <>
      {live === "polling" || live === "reconnecting" ? (
        <p className="pb-3 text-xs text-muted">
          The live connection is away; this list asks every few seconds instead.
        </p>
      ) : null}
      {items.length === 0 ? <p className="text-muted">Nothing has happened yet.</p> : <ActivityList items={items} />}
    </>
  );
}

/** Read anew, which the compiler would otherwise take for what was written above. */
function wantsMore(asking: { readonly current: "no" | "yes" | "once more" }): boolean {
  return asking.current === "once more";
}

function ActivityList({ items }: { readonly items: readonly Activity[] }): ReactNode {
  return (
    <ul className="divide-y divide-line" data-testid="activity">
      {items.map((item) => (
        <li key={item.id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 py-2.5 first:pt-0 last:pb-0">
          <span className="shrink-0 sm:w-36">
            <PledgeBadge status={SHOWN_AS[item.kind]} />
          </span>
          <Link
            href={`/admin/pledges/${item.pledgeId}`}
            prefetch={false}
            className="min-w-0 flex-1 basis-56 font-medium max-sm:order-3 max-sm:basis-[60%] wrap-anywhere underline decoration-line underline-offset-4 hover:decoration-current"
          >
            {item.donorName ?? "Unnamed"} to {item.campaignTitle}
          </Link>
          <span className="font-medium max-sm:order-4">
            <Money amountMinor={item.amountMinor} currency={item.currency} />
          </span>
          <span className="text-right text-sm text-muted max-sm:order-2 max-sm:ml-auto sm:w-28">
            <Time at={item.at} focusable={false} />
          </span>
        </li>
      ))}
    </ul>
  );
}
