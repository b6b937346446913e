"use client";

import { useRouter } from "next/navigation";
import { useActionState, useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { UNTOUCHED, type FormState } from "@/app/_http/form-state";
import { linesOf } from "@/components/ui/lines-of";
import { SubmitButton } from "@/components/ui/submit-button";
import { NOT_REWORDED } from "@/lib/analysis/wording/rules";
import { notRewordedSchema } from "@/lib/analysis/wording/schemas";
import { ownWordsAction, rewordAction } from "../wording/actions";

interface FormProps {
  readonly analysisId: string;
}

/** Sends when somebody says so: with a script the checked sentences appear as they come, without one the page comes anew. */
export function RewordForm({ analysisId }: FormProps): ReactNode {
  const [state, action] = useActionState(rewordAction, UNTOUCHED);
  const { sentences, status, begin } = useWordingStream(analysisId);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (status !== "asking") void begin();
  };
  return (
    <form action={action} onSubmit={send} className="flex flex-col gap-2">
      <input type="hidden" name="analysisId" value={analysisId} />
      <SubmitButton pendingLabel="Asking…">
        {status === "asking" ? "Asking…" : "Send the sentences and reword them"}
      </SubmitButton>
      <p role="status" className="text-muted">
        {status === "asking"
          ? `${sentences.length} ${sentences.length === 1 ? "sentence has" : "sentences have"} come and held to its rule.`
          : null}
      </p>
      {sentences.length > 0 ? (
        <ul className="flex list-disc flex-col gap-1 pl-5">
          {sentences.map((sentence) => (
            <li key={sentence} className="wrap-anywhere">
              {sentence}
            </li>
          ))}
        </ul>
      ) : null}
      <Errors
        messages={status === "asking" || status === "idle" ? state.errors.map(({ message }) => message) : [status]}
      />
    </form>
  );
}

export function OwnWordsForm({ analysisId }: FormProps): ReactNode {
  const [state, action] = useActionState<FormState, FormData>(ownWordsAction, UNTOUCHED);
  return (
    <form action={action} className="flex flex-col gap-2">
      <input type="hidden" name="analysisId" value={analysisId} />
      <SubmitButton variant="secondary" pendingLabel="Changing…">
        Show the rules’ own words
      </SubmitButton>
      <Errors messages={state.errors.map(({ message }) => message)} />
    </form>
  );
}

function Errors({ messages }: { readonly messages: readonly string[] }): ReactNode {
  return messages.map((message) => (
    <p key={message} role="alert" className="text-xs font-medium text-danger">
      {message}
    </p>
  ));
}

interface Line {
  readonly sentence?: unknown;
  readonly restart?: unknown;
  readonly done?: unknown;
  readonly notReworded?: unknown;
}

/** `status` is `idle`, `asking`, or what went wrong in words for people. */
function useWordingStream(analysisId: string) {
  const router = useRouter();
  const [sentences, setSentences] = useState<readonly string[]>([]);
  const [status, setStatus] = useState("idle");
  const leaving = useRef<AbortController>(null);
  useEffect(() => () => leaving.current?.abort(), []);

  const take = (line: Line): boolean => {
    if (line.restart) setSentences([]);
    if (typeof line.sentence === "string") {
      const said = line.sentence;
      setSentences((before) => (before.includes(said) ? before : [...before, said]));
    }
    if (!line.done) return false;
    const because = notRewordedSchema.safeParse(line.notReworded);
    if (because.success) {
      setSentences([]);
      setStatus(NOT_REWORDED[because.data]);
    } else router.refresh();
    return true;
  };

  const begin = async () => {
    leaving.current = new AbortController();
    setStatus("asking");
    setSentences([]);
    try {
      const response = await fetch(`/api/v1/analyses/${analysisId}/wording/stream`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ sendInsights: true }),
        signal: leaving.current.signal,
      });
      if (!response.ok || !response.body) {
        const problem = (await response.json().catch(() => ({}))) as { detail?: string };
        setStatus(problem.detail ?? NOT_REWORDED.unavailable);
        return;
      }
      let ended = false;
      for await (const line of linesOf(response.body)) ended = take(JSON.parse(line) as Line) || ended;
      if (!ended) setStatus(NOT_REWORDED.unavailable);
    } catch {
      if (!leaving.current.signal.aborted) setStatus(NOT_REWORDED.unavailable);
    }
  };
  return { sentences, status, begin };
}
