import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import type { CheckedAnswer } from "@/lib/learning/content/schemas";
import type { DraftRun } from "@/lib/learning/session/schemas";

type Run = NonNullable<CheckedAnswer["run"]>;

const ENDINGS: Readonly<Record<Run["status"], string>> = {
  finished: "It ran to its end.",
  failed: "It ended with an error.",
  syntax: "It could not be read as a program.",
  time: "It took too long and was stopped. Is there a loop that does not end?",
  memory: "It took too much memory and was stopped.",
  output: "It printed too much and was stopped.",
  stuck: "It waited for something that never came.",
  crashed: "The machine that runs code fell over. That was not your code; try again.",
};

/** How code ran: the ending in words, the error with its place, the tests one by one, what it printed. */
export function RunOutput({ run }: { readonly run: Run | DraftRun }): ReactNode {
  const { status, output, error, ms } = run;
  // A line of the tests is no line that the learner can see.
  const line = error?.file?.startsWith("solution") ? error.line : null;
  return (
    <section aria-label="How it ran" className="flex min-w-0 flex-col gap-2" aria-live="polite">
      <p className="text-sm">
        {ENDINGS[status]} <span className="figures text-muted">{Math.round(ms)} ms</span>
      </p>
      {error ? (
        <p className="text-sm font-medium wrap-anywhere text-danger">
          {error.name}: {error.message}
          {line === null ? null : ` (line ${line})`}
        </p>
      ) : null}
      {"tests" in run ? <Tests run={run} /> : null}
      {output === "" ? (
        <p className="text-sm text-muted">It printed nothing.</p>
      ) : (
        <pre
          tabIndex={0}
          role="group"
          aria-label="What it printed"
          className="max-h-64 overflow-auto rounded-control border border-line bg-sunk px-3 py-2 font-mono text-xs leading-5"
        >
          {output}
        </pre>
      )}
    </section>
  );
}

function Tests({ run: { tests, hiddenTests } }: { readonly run: DraftRun }): ReactNode {
  return (
    <>
      {tests.length === 0 ? null : (
        <ul aria-label="Tests" className="flex flex-col border-t border-line text-sm">
          {tests.map(({ name, passed, message }) => (
            <li key={name} className="flex flex-col gap-1 border-b border-line py-2">
              <span className="flex items-baseline justify-between gap-4">
                <span className="min-w-0 wrap-anywhere">{name}</span>
                <Badge tone={passed ? "success" : "danger"}>{passed ? "passes" : "fails"}</Badge>
              </span>
              {message ? <span className="font-mono text-xs wrap-anywhere text-muted">{message}</span> : null}
            </li>
          ))}
        </ul>
      )}
      {hiddenTests > 0 ? (
        <p className="text-xs text-muted">
          {hiddenTests === 1 ? "One more test is" : `${hiddenTests} more tests are`} run when you submit. Running counts
          nothing.
        </p>
      ) : null}
    </>
  );
}
