import type { ReactNode } from "react";
import { insightsByKind, KIND_WORDS, TOPIC_WORDS } from "@/lib/analysis/insights/rules";
import type { Insight, InsightKind } from "@/lib/analysis/insights/schemas";
import { EvidenceList } from "./evidence-list";
import type { SourceAt } from "./source-link";

/** A mark of its own for each kind, so that they can be told apart without colour. */
const MARKS: Readonly<Record<InsightKind, { readonly path: string; readonly className: string }>> = {
  strength: { path: "m3 8.5 3.2 3.2L13 5", className: "text-success" },
  habit: { path: "M3 8h10M9.5 4.5 13 8l-3.5 3.5", className: "text-info" },
  gap: { path: "M8 3.5v5M8 12v.2", className: "text-warning" },
  hotspot: { path: "M4 4l8 8M12 4l-8 8", className: "text-danger" },
};

interface InsightGroupsProps {
  /** `own`: the rule’s sentence, where a model’s stands in its place. */
  readonly insights: readonly (Omit<Insight, "weight"> & { readonly own?: string })[];
  /** Where the places can be read; null leaves them out. */
  readonly at: SourceAt | null;
}

/** What can be said about the code, by kind; each sentence with its reason, its places and its rule. */
export function InsightGroups({ insights, at }: InsightGroupsProps): ReactNode {
  const groups = insightsByKind(insights);
  if (groups.length === 0)
    return (
      <p className="text-muted">No rule had enough to go by: there is too little code to say anything about it.</p>
    );
  return (
    <div className="grid gap-x-10 gap-y-8 lg:grid-cols-2">
      {groups.map(({ kind, insights: list }) => (
        <section key={kind} aria-labelledby={`insights-${kind}`} className="min-w-0">
          <h3 id={`insights-${kind}`} className="flex items-center gap-2 border-b border-line pb-2 font-semibold">
            <svg viewBox="0 0 16 16" aria-hidden="true" className={`size-4 ${MARKS[kind].className}`}>
              <path
                d={MARKS[kind].path}
                fill="none"
                stroke="currentColor"
                strokeWidth="2"
                strokeLinecap="round"
                strokeLinejoin="round"
              />
            </svg>
            {KIND_WORDS[kind]}
            <span className="figures ml-auto text-xs font-normal text-muted">{list.length}</span>
          </h3>
          <ul className="flex flex-col">
            {list.map((insight) => (
              <li
                key={insight.own ?? insight.sentence}
                className="flex flex-col gap-1 border-b border-line py-3 last:border-b-0"
              >
                <p className="wrap-anywhere">{insight.sentence}</p>
                {at ? <EvidenceList evidence={insight.evidence} total={insight.total} at={at} shown={1} /> : null}
                <details className="text-xs text-muted">
                  <summary className="cursor-pointer py-1 underline decoration-line underline-offset-3">
                    Why this is said ({TOPIC_WORDS[insight.topic].toLowerCase()})
                  </summary>
                  {insight.own ? <p className="max-w-measure pb-1">The rule’s own words: {insight.own}</p> : null}
                  <p className="max-w-measure pb-1">{insight.reason}</p>
                  <p>
                    Rule <code className="font-mono">{insight.ruleId}</code>
                  </p>
                </details>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
