"use client";

import { createContext, useCallback, useEffect, useState, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { useChannel } from "@/lib/platform/realtime/use-channel";
import { beat } from "./session-client";

const BEAT_MS = 30_000;

interface Known {
  readonly version: number;
  readonly activityId: string | null;
  readonly answered: number;
  readonly goal: number;
  readonly over: boolean;
}

/** Whether this page is sending an answer itself: what then comes over the channel is its own doing. */
class Own {
  #sending = false;

  get sending(): boolean {
    return this.#sending;
  }

  begin(): void {
    this.#sending = true;
  }

  end(): void {
    this.#sending = false;
  }
}
export const OwnDoing = createContext(new Own());

interface LiveSessionProps {
  readonly sessionId: string;
  /** As the server drew it. */
  readonly drawn: Known;
  readonly children: ReactNode;
}

/** Keeps a session's page true: how far it is, whether another device went on or ended it, and whether one is online. */
export function LiveSession({ sessionId, drawn, children }: LiveSessionProps): ReactNode {
  const router = useRouter();
  const [heard, setHeard] = useState(drawn);
  const [own] = useState(() => new Own());
  const online = useOnline();
  const now = heard.version > drawn.version ? heard : drawn;

  const fetchSnapshot = useCallback(
    async (signal?: AbortSignal): Promise<Known> => {
      const response = await fetch(`/api/v1/learning-sessions/${sessionId}`, {
        headers: { accept: "application/json" },
        ...(signal ? { signal } : {}),
      });
      if (!response.ok) throw new Error(`the session could not be read (${response.status})`);
      return knownOf(await response.json());
    },
    [sessionId],
  );
  const take = (known: Known): void => {
    if (own.sending) return;
    setHeard((before) => (known.version > before.version ? known : before));
  };
  const live = useChannel(
    drawn.over
      ? null
      : {
          channel: "session",
          id: sessionId,
          fetchSnapshot,
          versionOf: (snapshot: Known) => snapshot.version,
          onSnapshot: take,
          // Messages say that something changed; what it is now is asked for, so that nothing is guessed.
          onMessage: () => void fetchSnapshot().then(take, () => undefined),
        },
  );

  useEffect(() => {
    if (drawn.over) return undefined;
    const timer = setInterval(() => void beat(sessionId, null), BEAT_MS);
    return () => clearInterval(timer);
  }, [sessionId, drawn.over]);

  const wentOn = now.version > drawn.version && (now.over || now.activityId !== drawn.activityId);
  return (
    <OwnDoing value={own}>
      <div className="flex flex-col gap-3">
        <Progress
          id="session-progress"
          label="Answers in this session"
          value={now.goal === 0 ? 0 : now.answered / now.goal}
          text={`${now.answered} of ${now.goal}`}
        />
        {/* Its room is kept, so that what is below does not jump when it speaks. */}
        <p role="status" className="min-h-5 text-xs text-muted">
          {online
            ? live === "reconnecting" || live === "polling"
              ? "The live connection is away; this page asks every few seconds instead."
              : ""
            : "You are offline. You can go on writing; sending waits until you are back."}
        </p>
        {wentOn ? (
          <Alert
            tone="warning"
            live
            title={now.over ? "This session has ended" : "This session went on elsewhere"}
            action={
              <Button onClick={() => router.refresh()}>{now.over ? "Show what it came to" : "Load the task"}</Button>
            }
          >
            {now.over
              ? "Its hour is over, or it was ended in another tab. What you answered is kept."
              : "This task was answered in another tab or on another device. What you wrote here was not sent."}
          </Alert>
        ) : null}
      </div>
      {children}
    </OwnDoing>
  );
}

function knownOf(answer: unknown): Known {
  const { session, content } = answer as {
    readonly session: {
      readonly version: number;
      readonly status: string;
      readonly progress: { readonly answered: number; readonly goal: number };
    };
    readonly content: { readonly activityId: string } | null;
  };
  return {
    version: session.version,
    activityId: content?.activityId ?? null,
    answered: session.progress.answered,
    goal: session.progress.goal,
    over: session.status !== "active",
  };
}

function useOnline(): boolean {
  const [online, setOnline] = useState(true);
  useEffect(() => {
    const look = (): void => setOnline(navigator.onLine);
    look();
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return online;
}
