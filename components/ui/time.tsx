"use client";

import { useId, useState, useSyncExternalStore, type ReactNode } from "react";
import { exactTime, relativeTime, utcDay } from "./time-format";

interface TimeProps {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** False inside a link or button, which must hold nothing else that takes focus; the exact time is then on hover alone. */
  readonly focusable?: boolean;
  /** It has happened: never "in a moment", though the page's clock, which ticks twice a minute, may not be there yet. */
  readonly past?: boolean;
}

const TICK_MS = 30_000;

/** One clock for all times on the page; it runs only while some are shown. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = 0;

function subscribe(listener: () => void): () => void {
  now = Date.now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const clientNow = (): number => (now === 0 ? (now = Date.now()) : now);
const serverNow = (): null => null;

/**
 * A moment: relative ("3 hours ago"), with the exact one on hover and focus; Escape hides it again.
 * The server and the first render write the day in UTC, so that both agree and it reads without JavaScript.
 */
export function Time({ at, focusable = true, past = false }: TimeProps): ReactNode {
  const present = useSyncExternalStore<number | null>(subscribe, clientNow, serverNow);
  const [dismissed, setDismissed] = useState(false);
  const [inRightHalf, setInRightHalf] = useState(false);
  const id = useId();
  const moment = Date.parse(at);
  const exact = exactTime(moment, present === null ? "UTC" : undefined);
  const words = present === null ? utcDay(moment) : relativeTime(moment, past ? Math.max(moment, present) : present);
  if (!focusable) {
    return (
      <time dateTime={at} title={exact}>
        {words}
      </time>
    );
  }
  const appear = (place: Element): void => {
    setDismissed(false);
    setInRightHalf(place.getBoundingClientRect().left > window.innerWidth / 2);
  };
  return (
    <span className="group relative inline-block" onMouseEnter={(event) => appear(event.currentTarget)}>
      <time
        dateTime={at}
        tabIndex={0}
        aria-describedby={id}
        className="cursor-help whitespace-nowrap underline decoration-control decoration-dotted underline-offset-3"
        onFocus={(event) => appear(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setDismissed(true);
        }}
      >
        {words}
      </time>
      <span
        id={id}
        role="tooltip"
        className={
          dismissed
            ? "hidden"
            : `fixed inset-x-4 bottom-4 z-10 hidden group-focus-within:block group-hover:block sm:absolute sm:bottom-full sm:pb-1 ${inRightHalf ? "sm:right-0 sm:left-auto" : "sm:right-auto sm:left-0"}`
        }
      >
        <span className="block rounded-control bg-ink px-2 py-1 text-xs text-paper shadow-float sm:whitespace-nowrap">
          {exact}
        </span>
      </span>
    </span>
  );
}
