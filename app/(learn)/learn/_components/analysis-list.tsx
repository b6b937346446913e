import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import { formatShare } from "@/lib/analysis/rules";
import type { AnalysisStatus, AnalysisSummary } from "@/lib/analysis/schemas";

const STATUS: Readonly<Record<AnalysisStatus, readonly [words: string, tone: BadgeTone]>> = {
  queued: ["Waiting", "info"],
  running: ["Running", "info"],
  completed: ["Done", "success"],
  failed: ["Failed", "danger"],
  canceled: ["Canceled", "neutral"],
};

/** How an analysis stands, in a word. */
export function StatusBadge({ status }: { readonly status: AnalysisStatus }): ReactNode {
  const [words, tone] = STATUS[status];
  return <Badge tone={tone}>{words}</Badge>;
}

/** The caller's analyses, a line each. */
export function AnalysisList({ analyses }: { readonly analyses: readonly AnalysisSummary[] }): ReactNode {
  return (
    <ul className="flex flex-col border-t border-line">
      {analyses.map((analysis) => (
        <li key={analysis.id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-3">
          <TextLink href={`/learn/analyses/${analysis.id}`} className="font-medium wrap-anywhere">
            {analysis.repository.owner}/{analysis.repository.name}
          </TextLink>
          {analysis.private ? <Badge>Private</Badge> : null}
          <StatusBadge status={analysis.status} />
          <span className="figures w-full text-sm text-muted sm:ml-auto sm:w-auto">
            {analysis.topLanguages.map(({ name, share }) => `${name} ${formatShare(share)}`).join(", ")}
          </span>
          <span className="text-sm text-muted">
            <Time at={analysis.createdAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
