import type { ReactNode } from "react";
import type { CheckedAnswer } from "@/lib/learning/content/schemas";

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

/** How code ran: the ending in words, the error with its place, what it printed. */
export function RunOutput({ run }: { readonly run: Run }): ReactNode {
  const { status, output, error, ms } = run;
  return (
    <section aria-label="How it ran" className="flex min-w-0 flex-col gap-2" aria-live="polite">
      <p className="text-sm">
        {ENDINGS[status]} <span className="figures text-muted">{Math.round(ms)} ms</span>
      </p>
      {error ? (
        <p className="text-sm font-medium wrap-anywhere text-danger">
          {error.name}: {error.message}
          {error.line === null ? null : ` (line ${error.line})`}
        </p>
      ) : null}
      {output === "" ? (
        <p className="text-sm text-muted">It printed nothing.</p>
      ) : (
        <pre
          tabIndex={0}
          aria-label="What it printed"
          className="max-h-64 overflow-auto rounded-control border border-line bg-sunk px-3 py-2 font-mono text-xs leading-5"
        >
          {output}
        </pre>
      )}
    </section>
  );
}
