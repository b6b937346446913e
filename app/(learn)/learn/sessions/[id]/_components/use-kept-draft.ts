import { useContext, useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from "react";
import type { Answer, ExerciseView } from "@/lib/learning/content/schemas";
import { answerOf } from "../../answer-of";
import { OwnDoing } from "./own-doing";
import { beat } from "./session-client";
import { never } from "./use-hydrated";

/** So long after the last change a draft is kept for the other devices. */
const SETTLE_MS = 1_500;
const keyOf = (sessionId: string): string => `devmentor:draft:${sessionId}`;

interface KeptDraft {
  /** What this tab had that the server did not know yet, once the page has come; it is then to be shown instead. */
  readonly restored: Answer | null;
  /** To be called at each change. */
  readonly onChange: () => void;
  /** To be called when the answer has been sent. */
  readonly forget: () => void;
}

/**
 * Keeps what stands in the form: in this tab at once, for a reload and for times without a network; for the other devices a moment
 * after the last change, on leaving, and when the network is back.
 * @param draftAt when what the server drew was kept
 */
export function useKeptDraft(
  sessionId: string,
  exercise: ExerciseView,
  draftAt: string | null,
  form: { readonly current: HTMLFormElement | null },
): KeptDraft {
  const own = useContext(OwnDoing);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const unsent = useRef(false);
  const [kept] = useState(() => keptOnce(sessionId, exercise.id, draftAt));
  const restored = useSyncExternalStore(never, kept, () => null);

  const now = (): Answer | null => {
    if (!form.current) return null;
    const answer = answerOf(exercise.kind, new FormData(form.current));
    // No line is not an answer of that form.
    return answer.kind === "line" && answer.line < 1 ? null : answer;
  };
  const send = (leaving: boolean): void => {
    clearTimeout(timer.current);
    const answer = now();
    if (!unsent.current || own.sending || !answer) return;
    unsent.current = false;
    void beat(sessionId, { activityId: exercise.id, answer }, leaving).then((arrived) => {
      if (!arrived) unsent.current = true;
    });
  };
  const leave = useEffectEvent(() => {
    if (document.visibilityState === "hidden") send(true);
  });
  const back = useEffectEvent(() => send(false));
  useEffect(() => {
    const [onLeave, onBack] = [() => leave(), () => back()];
    document.addEventListener("visibilitychange", onLeave);
    window.addEventListener("online", onBack);
    return () => {
      document.removeEventListener("visibilitychange", onLeave);
      window.removeEventListener("online", onBack);
      clearTimeout(timer.current);
    };
  }, []);

  return {
    restored,
    onChange: () => {
      unsent.current = true;
      const answer = now();
      if (answer) keepHere(sessionId, { activityId: exercise.id, answer, at: Date.now() });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => send(false), SETTLE_MS);
    },
    forget: () => {
      unsent.current = false;
      clearTimeout(timer.current);
      keepHere(sessionId, null);
    },
  };
}

interface Kept {
  readonly activityId: string;
  readonly answer: Answer;
  readonly at: number;
}

/** A browser may refuse storage; then the server's copy alone is there. */
function keepHere(sessionId: string, kept: Kept | null): void {
  try {
    if (kept) sessionStorage.setItem(keyOf(sessionId), JSON.stringify(kept));
    else sessionStorage.removeItem(keyOf(sessionId));
  } catch {
    return;
  }
}

/** Reads at the first call alone: what is typed later is in the form already. */
function keptOnce(sessionId: string, activityId: string, draftAt: string | null): () => Answer | null {
  let read: Answer | null | undefined;
  return () => {
    if (read !== undefined) return read;
    const kept = readKept(sessionId);
    const newer = kept?.activityId === activityId && (draftAt === null || Date.parse(draftAt) < kept.at);
    read = newer ? kept.answer : null;
    return read;
  };
}

function readKept(sessionId: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(sessionId)) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}
