import type { ReactNode } from "react";
import type { Evidence } from "@/lib/analysis/insights/schemas";
import { SourceLink, type SourceAt } from "./source-link";

interface EvidenceListProps {
  readonly evidence: readonly Evidence[];
  readonly total: number;
  readonly at: SourceAt;
  /** How many are shown before the rest is folded away. */
  readonly shown?: number;
}

/** The places that a sentence rests on. */
export function EvidenceList({ evidence, total, at, shown = 2 }: EvidenceListProps): ReactNode {
  const first = evidence.slice(0, shown);
  const rest = evidence.slice(shown);
  return (
    <div className="text-sm text-muted">
      <Places evidence={first} at={at} />
      {rest.length > 0 ? (
        <details>
          <summary className="cursor-pointer py-1 text-xs underline decoration-line underline-offset-3">
            {rest.length} more of {total.toLocaleString("en")} {total === 1 ? "place" : "places"}
          </summary>
          <Places evidence={rest} at={at} />
        </details>
      ) : total > evidence.length ? (
        <p className="text-xs">{total.toLocaleString("en")} places in all</p>
      ) : null}
    </div>
  );
}

function Places({ evidence, at }: { readonly evidence: readonly Evidence[]; readonly at: SourceAt }): ReactNode {
  return (
    <ul className="flex flex-col">
      {evidence.map(({ path, line, endLine, label }) => (
        <li key={`${path}:${line}`} className="flex flex-wrap items-baseline gap-x-2 py-0.5">
          <SourceLink at={at} path={path} line={line} endLine={endLine} />
          {label ? <span className="text-xs wrap-anywhere">{label}</span> : null}
        </li>
      ))}
    </ul>
  );
}
