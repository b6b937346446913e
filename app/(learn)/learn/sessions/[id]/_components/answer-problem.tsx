"use client";

import { useState, type ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { SessionProblem } from "./session-client";

const TITLES: Readonly<Record<string, string>> = {
  offline: "You seem to be offline",
  conflict: "This session went on elsewhere",
  learning_session_ended: "This session has ended",
};

interface AnswerProblemProps {
  readonly problem: SessionProblem;
  /** What was written and not sent, as it stands when it is asked for. */
  readonly written: () => string | null;
  readonly onReload: () => void;
}

/** Why something was not done, with the way on: load what is there now, and take along what was written. */
export function AnswerProblem({ problem, written, onReload }: AnswerProblemProps): ReactNode {
  const stale = ["conflict", "learning_session_ended", "not_found"].includes(problem.code);
  return (
    <Alert
      tone="danger"
      live
      title={TITLES[problem.code] ?? "That was not done"}
      {...(stale
        ? {
            action: (
              <>
                <Button onClick={onReload}>
                  {problem.code === "learning_session_ended" ? "Show what it came to" : "Load the session again"}
                </Button>
                <CopyWritten written={written} />
              </>
            ),
          }
        : {})}
    >
      {problem.message}
    </Alert>
  );
}

function CopyWritten({ written }: Pick<AnswerProblemProps, "written">): ReactNode {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      variant="quiet"
      onClick={() => {
        void navigator.clipboard.writeText(written() ?? "").then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    >
      <span aria-live="polite">{copied ? "Copied" : "Copy what I wrote"}</span>
    </Button>
  );
}
