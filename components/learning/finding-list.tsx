import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { SEVERITY_WORDS } from "@/lib/analysis/security/rules";
import type { SecurityFinding, SecurityFound, Severity } from "@/lib/analysis/security/schemas";
import { CodeSnippet } from "./code-snippet";
import { CodeWords } from "./code-words";
import { SourceLink, type SourceAt } from "./source-link";

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/** How a severity looks; its word stands beside it. */
export const SEVERITY_TONES: Readonly<Record<Severity, BadgeTone>> = {
  critical: "danger",
  high: "danger",
  medium: "warning",
  low: "info",
  info: "neutral",
};

/** Lightness falls with severity, and the word stands beside it. */
const FILLS: Readonly<Record<Severity, string>> = {
  critical: "bg-danger",
  high: "bg-chart-6",
  medium: "bg-chart-1",
  low: "bg-chart-2",
  info: "bg-chart-8",
};

/** How many findings there are of each severity, as one bar with its numbers under it. */
export function SeverityBar({ counts }: { readonly counts: SecurityFound["counts"] }): ReactNode {
  const parts = SEVERITIES.map((severity) => ({ severity, value: counts.bySeverity[severity] }));
  return (
    <div className="flex flex-col gap-3">
      {counts.total > 0 ? (
        <div aria-hidden="true" className="flex h-3 gap-px overflow-clip rounded-sm">
          {parts
            .filter(({ value }) => value > 0)
            .map(({ severity, value }) => (
              <span
                key={severity}
                className={`min-w-1 ${FILLS[severity]}`}
                style={{ width: `${(value / counts.total) * 100}%` }}
              />
            ))}
        </div>
      ) : null}
      <dl className="flex flex-wrap gap-x-7 gap-y-2">
        {parts.map(({ severity, value }) => (
          <div key={severity} className="flex flex-col-reverse">
            <dd className="figures text-lg font-semibold">{value.toLocaleString("en")}</dd>
            <dt className="flex items-center gap-1.5 text-xs text-muted">
              <span aria-hidden="true" className={`size-2 rounded-full ${FILLS[severity]}`} />
              {SEVERITY_WORDS[severity]}
            </dt>
          </div>
        ))}
        {counts.suppressed > 0 ? (
          <div className="flex flex-col-reverse">
            <dd className="figures text-lg font-semibold">{counts.suppressed.toLocaleString("en")}</dd>
            <dt className="text-xs text-muted">Marked as all right</dt>
          </div>
        ) : null}
      </dl>
    </div>
  );
}

interface FindingListProps {
  readonly findings: readonly SecurityFinding[];
  readonly at: SourceAt;
  /** The level of each finding's heading. */
  readonly level?: 3 | 4;
  /** What can be decided about a finding, below it. */
  readonly decide?: (finding: SecurityFinding) => ReactNode;
}

/** Findings one under another, each with its place, its code and what to do about it. */
export function FindingList({ findings, at, level = 3, decide }: FindingListProps): ReactNode {
  const Heading = level === 3 ? "h3" : "h4";
  return (
    <ul className="flex flex-col">
      {findings.map((finding) => (
        <li
          key={finding.id}
          id={`finding-${finding.id}`}
          className="flex min-w-0 flex-col gap-2 border-b border-line py-4 last:border-b-0"
        >
          <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <Badge tone={finding.suppressed ? "neutral" : SEVERITY_TONES[finding.severity]}>
              {SEVERITY_WORDS[finding.severity]}
            </Badge>
            <Heading className="font-medium wrap-anywhere">{finding.title}</Heading>
            <span className="text-xs text-muted">
              {finding.cwe} · confidence {finding.confidence}
              {finding.role === "source"
                ? ""
                : ` · in ${finding.role === "configuration" ? "configuration" : `${finding.role} code`}`}
            </span>
          </div>
          <p>
            <SourceLink at={at} path={finding.path} line={finding.line} endLine={finding.endLine} />
            {finding.places > 1 ? (
              <span className="text-xs text-muted">
                {" "}
                and {(finding.places - 1).toLocaleString("en")} more {finding.places === 2 ? "place" : "places"}
              </span>
            ) : null}
          </p>
          {finding.snippet.trim() === "" ? null : (
            <CodeSnippet
              code={finding.snippet}
              line={finding.line}
              path={finding.path}
              label={`Code at ${finding.path}, line ${finding.line}`}
            />
          )}
          {finding.suppressed ? (
            <p className="max-w-measure text-sm text-muted wrap-anywhere">
              {finding.suppressed.by === "comment" ? "Marked as all right by a comment" : "You marked it as all right"}:{" "}
              {finding.suppressed.reason}
            </p>
          ) : (
            <p className="max-w-measure text-sm">
              <CodeWords text={finding.advice} />
            </p>
          )}
          {decide?.(finding)}
        </li>
      ))}
    </ul>
  );
}
