"use client";

import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { loadScript } from "./stripe-js";

interface Turnstile {
  render(place: HTMLElement, options: { sitekey: string; callback: (token: string) => void }): string;
  remove(id: string): void;
}

declare global {
  interface Window {
    turnstile?: Turnstile;
  }
}

const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";

/** Asks whether a person sits there (Cloudflare Turnstile). Mostly it finds out by itself. */
export function Challenge({
  siteKey,
  onAnswer,
}: {
  readonly siteKey: string;
  readonly onAnswer: (token: string) => void;
}): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const answer = useEffectEvent(onAnswer);
  useEffect(() => {
    let widget: string | undefined;
    let gone = false;
    loadScript(SCRIPT, () => window.turnstile !== undefined).then(
      () => {
        if (!gone && place.current)
          widget = window.turnstile?.render(place.current, { sitekey: siteKey, callback: (token) => answer(token) });
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
      if (widget !== undefined) window.turnstile?.remove(widget);
    };
  }, [siteKey]);
  return (
    <Alert tone={failed ? "danger" : "info"} live title="One more check">
      {failed
        ? "The check could not be loaded, and without it we cannot go on. Nothing was charged. Reload this page and try again."
        : "Many payments came in at once, so we want to be sure that a person sits there. Your donation goes on by itself afterwards."}
      <div ref={place} className="mt-3" />
    </Alert>
  );
}
