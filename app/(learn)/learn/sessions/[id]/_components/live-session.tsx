"use client";

import { useEffect, useEffectEvent, useState, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { useChannel } from "@/lib/platform/realtime/use-channel";
import { Company } from "./company";
import { Own, OwnDoing } from "./own-doing";
import { readKnown, type Known } from "./session-client";
import { useOnline } from "./use-online";
import { useSignsOfLife } from "./use-signs-of-life";

interface LiveSessionProps {
  readonly sessionId: string;
  /** The lesson's slug: others who are at it are counted. */
  readonly concept: string;
  /** As the server drew it. */
  readonly drawn: Known;
  readonly children: ReactNode;
}

/**
 * Keeps a session's page true: how far it is, whether another device went on or ended it, whether it has gone quiet, who else
 * is there, and whether one is online.
 */
export function LiveSession({ sessionId, concept, drawn, children }: LiveSessionProps): ReactNode {
  const router = useRouter();
  const [heard, setHeard] = useState(drawn);
  const [own] = useState(() => new Own());
  const [quiet, setQuiet] = useState(false);
  const online = useOnline();
  const now = heard.version > drawn.version ? heard : drawn;

  const take = (known: Known): void => {
    if (own.sending) return;
    setHeard((before) => (known.version > before.version ? known : before));
  };
  const live = useChannel({
    channel: "session",
    id: sessionId,
    fetchSnapshot: (signal) => readKnown(sessionId, signal),
    versionOf: (snapshot: Known) => snapshot.version,
    onSnapshot: take,
    // Messages say that something changed; what it is now is asked for, so that nothing is guessed.
    onMessage: (message) => {
      if (message.type === "session:inactive") setQuiet(true);
      void readKnown(sessionId).then(take, () => undefined);
    },
  });
  useSignsOfLife(sessionId, quiet);

  const wentOn = now.version > drawn.version && (now.over || now.activityId !== drawn.activityId);
  // The same task in a newer version: a hint was taken elsewhere. The page is drawn anew round what is being written.
  const newer = now.version > drawn.version && !wentOn ? now.version : null;
  const redraw = useEffectEvent(() => router.refresh());
  useEffect(() => {
    if (newer !== null) redraw();
  }, [newer]);

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
        <div className="flex min-h-5 flex-wrap justify-between gap-x-4 text-xs text-muted">
          <p role="status">{connectionWords(online, live)}</p>
          <Company sessionId={sessionId} concept={concept} />
        </div>
        {quiet && !wentOn ? (
          <Alert
            live
            title="It has been quiet here for five minutes"
            action={<Button onClick={() => setQuiet(false)}>I am still here</Button>}
          >
            Take your time: what you wrote is kept, and the session goes on until its hour is over.
          </Alert>
        ) : null}
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

function connectionWords(online: boolean, live: ReturnType<typeof useChannel>): string {
  if (!online) return "You are offline. You can go on writing; sending waits until you are back.";
  return live === "reconnecting" || live === "polling"
    ? "The live connection is away; this page asks every few seconds instead."
    : "";
}
