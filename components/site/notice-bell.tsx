"use client";

import { lazy, Suspense, useState, useSyncExternalStore, type ReactNode } from "react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { isCurrent, NOTICES_ITEM } from "./navigation-items";

/** Realtime's client is fetched only where somebody is signed in. */
const LiveCount = lazy(() => import("./live-count").then((module) => ({ default: module.LiveCount })));

/** Whether somebody is signed in stands on <html>; HeaderBehaviour keeps it true. */
function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-viewer"] });
  return () => observer.disconnect();
}
const present = (): boolean => document.documentElement.dataset["viewer"] !== undefined;
const unknown = (): boolean => false;

/** The way to one's notices, and how many are unread. Shown to whoever is signed in. */
export function NoticeBell(): ReactNode {
  const signedIn = useSyncExternalStore(subscribe, present, unknown);
  const path = usePathname();
  const [unread, setUnread] = useState(0);
  return (
    <span data-viewers={NOTICES_ITEM.viewers.join(" ")}>
      <Link
        href={NOTICES_ITEM.href}
        aria-current={isCurrent(NOTICES_ITEM.href, path) ? "page" : undefined}
        className="touch-target relative flex items-center gap-1 rounded-control px-2 sm:gap-2 sm:px-3 text-muted hover:bg-sunk hover:text-ink aria-[current=page]:text-ink"
      >
        <svg viewBox="0 0 16 16" aria-hidden="true" className="size-5">
          <path
            d="M8 2a4 4 0 0 0-4 4c0 3.5-1.5 5-1.5 5h11S12 9.5 12 6a4 4 0 0 0-4-4ZM6.5 13.5a1.6 1.6 0 0 0 3 0"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.4"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        <span className="sr-only">{NOTICES_ITEM.label}</span>
        {unread > 0 ? (
          <span className="figures rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent">
            {unread > 99 ? "99+" : unread}
            <span className="sr-only"> unread</span>
          </span>
        ) : null}
      </Link>
      {signedIn ? (
        <Suspense fallback={null}>
          <LiveCount onUnread={setUnread} />
        </Suspense>
      ) : null}
    </span>
  );
}
