import type { ReactNode } from "react";
import type { Recommendation } from "@/lib/analysis/recommendations/schemas";
import { SourceLink, type SourceAt } from "./source-link";

/** Concepts worth learning for this code, best first, each with what speaks for it. */
export function RecommendationList({
  recommendations,
  at,
}: {
  readonly recommendations: readonly Recommendation[];
  readonly at: SourceAt | null;
}): ReactNode {
  if (recommendations.length === 0)
    return <p className="text-muted">Nothing stands out that this code would gain from.</p>;
  return (
    <ol className="flex flex-col">
      {recommendations.map(({ concept, title, score, need, relevance, reasons, places }) => (
        <li
          key={concept}
          className="grid gap-x-8 gap-y-2 border-b border-line py-3 last:border-b-0 sm:grid-cols-[1fr_14rem]"
        >
          <div className="min-w-0">
            <h3 className="font-medium">{title}</h3>
            <ul className="text-sm text-muted">
              {reasons.map(({ sentence }) => (
                <li key={sentence} className="wrap-anywhere">
                  {sentence}
                </li>
              ))}
            </ul>
            {at && places[0] ? (
              <p className="text-sm text-muted">
                For example <SourceLink at={at} path={places[0].path} line={places[0].line} />
              </p>
            ) : null}
          </div>
          <div>
            <div aria-hidden="true" className="h-2 rounded-r-sm bg-sunk">
              <div className="h-full min-w-0.5 rounded-r-sm bg-accent" style={{ width: `${score * 100}%` }} />
            </div>
            <p className="figures pt-1 text-xs text-muted">
              {Math.round(score * 100)} of 100 = need {Math.round(need * 100)}% × weight here{" "}
              {Math.round(relevance * 100)}%
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
