import type { ReactNode } from "react";
import { CodeSnippet } from "@/components/learning/code-snippet";
import { CodeWords } from "@/components/learning/code-words";
import { Badge } from "@/components/ui/badge";
import { Time } from "@/components/ui/time";
import type { Appeal } from "@/lib/learning/review/schemas";
import { DecisionForm } from "./decision-form";

const STATUS = {
  demonstrated: { tone: "success", label: "Shown" },
  not_demonstrated: { tone: "danger", label: "Not shown" },
  needs_review: { tone: "warning", label: "Nobody could tell" },
} as const;

/** One answer: what was asked, what was answered, what the checks say, what its learner says, and the decision. */
export function AppealCard({
  appeal,
  cursor,
}: {
  readonly appeal: Appeal;
  readonly cursor: string | undefined;
}): ReactNode {
  const { task, criteria, words, own, standing } = appeal;
  const inWords = criteria.some(({ asks }) => asks !== null);
  const title = task?.title ?? "A task that is not there any more";
  return (
    <article
      aria-labelledby={`appeal-${appeal.id}`}
      className="flex flex-col gap-4 rounded-surface border border-line bg-surface px-4 py-4 sm:px-5"
    >
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 id={`appeal-${appeal.id}`} className="text-base font-semibold">
          {title}
        </h2>
        <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
          <Badge tone={standing === "appealed" ? "warning" : "neutral"}>
            {standing === "appealed" ? "Appealed" : inWords ? "Answered in words" : "No check could judge it"}
          </Badge>
          <Time at={appeal.answeredAt} />
        </p>
      </header>
      {words ? (
        <section>
          <h3 className="text-sm font-medium">What the learner says</h3>
          <p className="max-w-measure border-l-2 border-line pl-3 wrap-anywhere whitespace-pre-line">{words}</p>
        </section>
      ) : null}
      <section className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">
          The task {task ? <span className="font-normal text-muted">asks to {task.level}</span> : null}
        </h3>
        {task ? (
          <>
            <p className="max-w-measure whitespace-pre-line">
              <CodeWords text={task.prompt} />
            </p>
            {task.code ? (
              <CodeSnippet
                code={task.code.trimEnd()}
                line={1}
                language={task.language}
                path=""
                label={`The code of ${title}`}
              />
            ) : null}
            <p className="max-w-measure text-sm text-muted">
              What its author takes for right: <CodeWords text={task.explanation} />
            </p>
          </>
        ) : (
          <p className="max-w-measure text-muted">
            It was replaced, or made from the learner’s own code, which is theirs alone. What the checks noted is below.
          </p>
        )}
      </section>
      <section className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">The answer</h3>
        {inWords ? (
          <p className="max-w-measure wrap-anywhere whitespace-pre-line">{appeal.answer.trimEnd()}</p>
        ) : (
          <CodeSnippet
            code={appeal.answer.trimEnd() || "(empty)"}
            line={1}
            language={task?.language}
            path=""
            label={`The answer to ${title}`}
          />
        )}
      </section>
      <section className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">The verdict, line by line</h3>
        <ul className="flex flex-col gap-2">
          {criteria.map((line) => (
            <li key={line.criterion} className="flex flex-wrap items-start gap-x-2 gap-y-1">
              <Badge tone={STATUS[line.status].tone}>{STATUS[line.status].label}</Badge>
              <span className="max-w-measure min-w-0 flex-1 basis-60">
                {line.text}
                {line.asks === null ? null : (
                  <span className="block text-sm">What counts as evidence: {line.asks}</span>
                )}
                {line.evidence.map((evidence) => (
                  <span key={evidence.shows} className="block text-sm wrap-anywhere text-muted">
                    {evidence.shows}
                    {evidence.line === null ? "" : ` (line ${evidence.line})`}
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ul>
      </section>
      {own ? (
        <p className="text-muted">This answer is your own: another operator has to decide about it.</p>
      ) : (
        <DecisionForm answer={appeal.id} cursor={cursor} appealed={standing === "appealed"} />
      )}
    </article>
  );
}
