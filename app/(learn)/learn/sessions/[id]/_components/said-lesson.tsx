"use client";

import { useEffect, useRef, useState, type ReactNode } from "react";
import { LessonText } from "@/components/learning/lesson-text";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { askModel, NOT_BY_MODEL, type SaidBy } from "./ask-model";

interface Part {
  readonly kind: "words" | "code";
  readonly text: string;
}

interface SaidLessonProps {
  readonly sessionId: string;
  readonly activityId: string;
  /** The author's lesson, which stands there until another has come, and whenever its reader wants it. */
  readonly about: string;
  /** Where the lesson goes. */
  readonly host: string;
}

/** A lesson said by a model in its reader's format, asked for once it is in view; the author's is a click away. */
export function SaidLesson({ sessionId, activityId, about, host }: SaidLessonProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState<{ readonly parts: readonly Part[]; readonly by: SaidBy } | null>(null);
  const [came, setCame] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [authors, setAuthors] = useState(false);

  useEffect(() => {
    const seen = place.current;
    if (!seen) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    // Inside details that are closed nothing is in view: a lesson that nobody opens is not asked for.
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      watch.disconnect();
      setAsking(true);
      askModel(`/api/v1/learning-sessions/${sessionId}/lesson`, { activityId }, signal, (line) => {
        if (line["restart"]) setCame(0);
        if (typeof line["part"] === "number") setCame((before) => before + 1);
        if (line["done"] && Array.isArray(line["parts"]))
          setSaid({ parts: line["parts"] as Part[], by: line["by"] as SaidBy });
        else if (line["done"]) setProblem(NOT_BY_MODEL["unavailable"] ?? null);
      })
        .catch((error: unknown) => {
          if (!signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
        })
        .finally(() => {
          if (!signal.aborted) setAsking(false);
        });
    });
    watch.observe(seen);
    return () => {
      watch.disconnect();
      leaving.abort();
    };
  }, [sessionId, activityId]);

  const byModel = said?.by.kind === "model" ? said : null;
  const because = problem ?? (said?.by.kind === "rules" ? NOT_BY_MODEL[said.by.because ?? ""] : undefined);
  return (
    <div ref={place} className="flex flex-col gap-3 pt-2">
      <div aria-live="polite" className="flex max-w-measure flex-wrap items-center gap-2 text-xs text-muted">
        {asking ? (
          <>
            <Spinner /> These are the author’s words; a model at {host} says them for you
            {came > 0 ? ` (${came} ${came === 1 ? "part has" : "parts have"} come)` : ""}…
          </>
        ) : null}
        {byModel ? (
          <>
            <span>
              {authors ? "The author’s own words." : "Said for you by "}
              {authors ? null : <span className="font-mono">{byModel.by.model}</span>}
              {authors ? null : `, each part checked against the author’s. Code is the author’s.`}
            </span>
            <Button variant="quiet" className="-mx-3.5" onClick={() => setAuthors(!authors)}>
              {authors ? "Show the model’s words" : "Show the author’s words"}
            </Button>
          </>
        ) : null}
        {because ? `${because} These are the author’s words.` : null}
      </div>
      <LessonText text={byModel && !authors ? inMarkdown(byModel.parts) : about} />
    </div>
  );
}

function inMarkdown(parts: readonly Part[]): string {
  return parts.map(({ kind, text }) => (kind === "code" ? `\`\`\`\n${text}\n\`\`\`` : text)).join("\n\n");
}
