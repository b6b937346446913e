"use client";

import { useEffect, useState, type ReactNode } from "react";
import { CodeWords } from "@/components/learning/code-words";
import { TextLink } from "@/components/ui/link";
import { Spinner } from "@/components/ui/spinner";
import type { Answer, ExerciseView } from "@/lib/learning/content/schemas";
import { answerOf } from "../../answer-of";
import { askModel, NOT_BY_MODEL, type SaidBy } from "./ask-model";

interface FittedHintProps {
  readonly sessionId: string;
  readonly activityId: string;
  readonly kind: ExerciseView["kind"];
  /** How many hints were given: the last of them is fitted. */
  readonly given: number;
  /** Where what was written goes. */
  readonly host: string;
}

/** The hint that was just given, said by a model so that it fits what stands in the form; the author's stays above it. */
export function FittedHint({ sessionId, activityId, kind, given, host }: FittedHintProps): ReactNode {
  const [sentences, setSentences] = useState<readonly string[]>([]);
  const [by, setBy] = useState<SaidBy | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    if (given === 0) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    const answer = writtenSoFar(activityId, kind);
    const body = { activityId, number: given, ...(answer ? { answer } : {}) };
    askModel(`/api/v1/learning-sessions/${sessionId}/hints/fitted`, body, signal, (line) => {
      if (line["restart"]) setSentences([]);
      if (typeof line["sentence"] === "string") {
        const said = line["sentence"];
        setSentences((before) => [...before, said]);
      }
      if (line["done"]) setBy(line["by"] as SaidBy);
    }).catch((error: unknown) => {
      if (!signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    });
    return () => leaving.abort();
  }, [sessionId, activityId, kind, given]);

  if (given === 0)
    return (
      <p className="text-xs text-muted">
        As you allow it, a hint is also fitted to what you have written: task, hint and your answer go to{" "}
        <span className="font-mono wrap-anywhere">{host}</span> when you take one.{" "}
        <TextLink href="/settings#models">Change that</TextLink>
      </p>
    );
  const because = problem ?? (by?.kind === "rules" ? NOT_BY_MODEL[by.because ?? ""] : undefined);
  const words = by?.kind === "rules" ? [] : sentences;
  return (
    <section aria-labelledby="fitted-hint" className="flex flex-col gap-1 border-l-2 border-accent pl-3">
      <h3 id="fitted-hint" className="text-sm font-semibold">
        Hint {given}, for what you wrote
      </h3>
      <div aria-live="polite" className="flex max-w-measure flex-col gap-1">
        {words.length > 0 ? (
          <p>
            <CodeWords text={words.join(" ")} />
          </p>
        ) : null}
        {by === null && problem === null ? (
          <p className="flex items-center gap-2 text-sm text-muted">
            <Spinner /> A model reads what you have so far…
          </p>
        ) : null}
        {by?.kind === "model" ? (
          <p className="text-xs text-muted">
            Said by <span className="font-mono">{by.model}</span> at {host}, and checked not to tell the solution. The
            author’s own words stand above.
          </p>
        ) : null}
        {because ? <p className="text-xs text-muted">{because} The author’s hint stands above.</p> : null}
      </div>
    </section>
  );
}

/** What stands in the form of the task now. */
function writtenSoFar(activityId: string, kind: ExerciseView["kind"]): Answer | null {
  const field = document.querySelector<HTMLInputElement>(`form input[name="kind"][value="${kind}"]`);
  const form = field?.form;
  if (!form || new FormData(form).get("activityId") !== activityId) return null;
  const answer = answerOf(kind, new FormData(form));
  // No line is not an answer of that form.
  return answer.kind === "line" && answer.line < 1 ? null : answer;
}
