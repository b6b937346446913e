import type { Tone } from "./tone-icon";

/** A short word about something that has just happened. Errors about a form belong in the form instead. */
export interface Notice {
  readonly title: string;
  readonly detail?: string;
  readonly tone?: Tone;
  /** Undo, or a way to what it speaks of. */
  readonly action?: { readonly label: string; readonly onSelect: () => void };
}

const waiting: Notice[] = [];
let take: ((notice: Notice) => void) | undefined;
let wake: (() => void) | undefined;

/** Shows a notice in the corner. Callable from anywhere in the browser; one given early waits for the Toaster. */
export function notify(notice: Notice): void {
  if (take) {
    take(notice);
    return;
  }
  waiting.push(notice);
  wake?.();
}

/** Calls back once there is a notice that nobody takes yet. Returns how to stop. */
export function onFirstNotice(callback: () => void): () => void {
  wake = callback;
  if (waiting.length > 0) callback();
  return () => {
    if (wake === callback) wake = undefined;
  };
}

/** Takes over delivery, oldest waiting notice first. Returns how to stop. One taker at a time. */
export function takeNotices(callback: (notice: Notice) => void): () => void {
  take = callback;
  for (const notice of waiting.splice(0)) callback(notice);
  return () => {
    if (take === callback) take = undefined;
  };
}
