"use client";

import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Button, buttonClasses } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { pledgePath } from "./attempt";
import { Challenge } from "./challenge";
import type { GiftState } from "./use-gift";

interface GiftNoticesProps {
  readonly state: GiftState;
  readonly onAgain: () => void;
  readonly onAnew: () => void;
  readonly onAnswer: (token: string) => void;
}

/** Where a gift stands when the form alone does not say it. Null while the form is all there is. */
export function GiftNotices({ state, onAgain, onAnew, onAnswer }: GiftNoticesProps): ReactNode {
  switch (state.kind) {
    case "challenge":
      return <Challenge siteKey={state.siteKey} onAnswer={onAnswer} />;
    case "unknown":
      return (
        <Alert
          tone="warning"
          live
          title="We do not know yet"
          action={
            <Button variant="primary" onClick={onAgain}>
              Check again
            </Button>
          }
        >
          {state.message}
        </Alert>
      );
    case "already":
      return (
        <Alert
          tone="success"
          live
          title="This donation was already processed"
          action={
            <>
              {state.attempt.pledge ? (
                <a href={pledgePath(state.attempt.pledge)} className={buttonClasses({ variant: "primary" })}>
                  See where it is
                </a>
              ) : null}
              <Button onClick={onAnew}>Give once more</Button>
            </>
          }
        >
          Your gift of {state.attempt.amount} was made once, and stays one gift. Nothing more was charged.
        </Alert>
      );
    case "busy":
      return (
        <p role="status" className="flex items-center gap-2 text-sm text-muted">
          <Spinner /> {state.words} Please leave this page open.
        </p>
      );
    default:
      return null;
  }
}
