"use client";

import { useActionState, useState, useTransition, type FormEvent, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import { UNTOUCHED } from "@/app/_http/form-state";
import { CodeWords } from "@/components/learning/code-words";
import { SubmitButton } from "@/components/ui/submit-button";
import type { SessionContent } from "@/lib/learning/session/schemas";
import { hintAction } from "../../actions";
import { problemOf, takeHint } from "./session-client";

interface HintsProps {
  readonly sessionId: string;
  readonly content: Pick<SessionContent, "activityId" | "hints" | "hintsLeft">;
}

/** Hints, one by one; what is written in the editor stays as it is while one comes. */
export function Hints({ sessionId, content }: HintsProps): ReactNode {
  const { activityId } = content;
  const router = useRouter();
  const [state, action] = useActionState(hintAction, UNTOUCHED);
  const [coming, startComing] = useTransition();
  const [taken, setTaken] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  // The answer to the click is here before the page has been drawn anew.
  const hints = taken.length > content.hints.length ? taken : content.hints;
  const left = Math.max(0, content.hintsLeft - (hints.length - content.hints.length));

  function take(event: FormEvent): void {
    event.preventDefault();
    if (coming) return;
    startComing(async () => {
      try {
        const { text } = await takeHint(sessionId, { activityId, seen: hints.length });
        setProblem(null);
        setTaken([...hints, text]);
        router.refresh();
      } catch (error) {
        setProblem(problemOf(error).message);
      }
    });
  }

  const told = problem ?? state.errors[0]?.message;
  return (
    <section aria-labelledby="hints" className="flex flex-col gap-3 border-t border-line pt-4">
      <h2 id="hints" className="text-base font-semibold">
        Hints
      </h2>
      <ol aria-live="polite" className="flex list-decimal flex-col gap-2 pl-5 empty:hidden">
        {hints.map((hint) => (
          <li key={hint} className="max-w-measure">
            <CodeWords text={hint} />
          </li>
        ))}
      </ol>
      {left > 0 ? (
        <form action={action} onSubmit={take}>
          <input type="hidden" name="sessionId" value={sessionId} />
          <input type="hidden" name="activityId" value={activityId} />
          <input type="hidden" name="seen" value={hints.length} />
          <SubmitButton variant="secondary" pendingLabel="Fetching…">
            {coming ? "Fetching…" : hints.length === 0 ? "Give me a hint" : "Another hint"}
          </SubmitButton>
        </form>
      ) : null}
      {told ? (
        <p role="alert" className="max-w-measure text-xs font-medium text-danger">
          {told}
        </p>
      ) : null}
      <p className="text-xs text-muted">
        {left === 0
          ? "There are no more hints."
          : `${left} left. A pass with hints counts half; none of them is the solution.`}
        <noscript> Without JavaScript take hints before you write: the page is loaded anew.</noscript>
      </p>
    </section>
  );
}
