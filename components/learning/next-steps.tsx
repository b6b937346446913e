import type { ReactNode } from "react";
import { TOPIC_WORDS } from "@/lib/analysis/insights/rules";
import type { NextStep } from "@/lib/analysis/insights/schemas";
import { CodeWords } from "./code-words";
import { EvidenceList } from "./evidence-list";
import type { SourceAt } from "./source-link";

/** At most three things to do, in order, each with its reason and where to begin. */
export function NextSteps({
  steps,
  at,
}: {
  readonly steps: readonly Omit<NextStep, "concept">[];
  readonly at: SourceAt | null;
}): ReactNode {
  return (
    <ol className="grid gap-x-8 gap-y-6 md:grid-cols-3">
      {steps.map((step, index) => (
        <li key={step.sentence} className="flex min-w-0 flex-col gap-2 border-t-2 border-accent pt-3">
          <p className="flex items-baseline justify-between gap-2 text-xs text-muted">
            <span className="figures font-medium text-accent-ink">Step {index + 1}</span>
            <span>{TOPIC_WORDS[step.topic]}</span>
          </p>
          <p className="font-medium">{step.sentence}</p>
          <p className="text-sm text-muted">
            <CodeWords text={step.reason} />
          </p>
          {at ? <EvidenceList evidence={step.evidence} total={step.total} at={at} /> : null}
        </li>
      ))}
    </ol>
  );
}
