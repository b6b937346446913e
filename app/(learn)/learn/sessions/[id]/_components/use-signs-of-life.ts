import { useEffect, useEffectEvent, useRef } from "react";
import { beat } from "./session-client";

const BEAT_MS = 30_000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "input"] as const;

/**
 * Says every half minute that somebody is here, if they did anything since: a page that is merely open says nothing, so that a
 * session's time at work is one of work. When the session had gone quiet, the first sign is told at once.
 */
export function useSignsOfLife(sessionId: string, quiet: boolean): void {
  // Coming to the page is one.
  const seen = useRef(true);
  const back = useRef(false);
  const tell = useEffectEvent(() => {
    if (!seen.current || document.visibilityState === "hidden") return;
    seen.current = false;
    void beat(sessionId, null);
  });
  const note = useEffectEvent(() => {
    seen.current = true;
    if (quiet && !back.current) tell();
    back.current = quiet;
  });
  useEffect(() => {
    const listen = (): void => note();
    for (const sign of SIGNS) window.addEventListener(sign, listen, { passive: true, capture: true });
    const timer = setInterval(() => tell(), BEAT_MS);
    return () => {
      for (const sign of SIGNS) window.removeEventListener(sign, listen, { capture: true });
      clearInterval(timer);
    };
  }, []);
}
