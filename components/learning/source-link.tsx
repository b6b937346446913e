import type { ReactNode } from "react";
import { ExternalLink } from "@/components/ui/link";
import { sourceUrl, type SourceHost } from "@/lib/analysis/repository/rules";

/** Where the analysed commit can be read. */
export interface SourceAt {
  /** Null for a host whose pages are not known: places are named, not linked. */
  readonly kind: SourceHost | null;
  readonly repository: string;
  readonly commit: string;
}

interface SourceLinkProps {
  readonly at: SourceAt;
  readonly path: string;
  readonly line: number;
  readonly endLine?: number | null | undefined;
}

/** `src/a.ts:12`, a link to that very line of that very commit where the host has such pages. */
export function SourceLink({ at, path, line, endLine }: SourceLinkProps): ReactNode {
  const words = (
    <span className="font-mono text-xs wrap-anywhere">
      {path}:{line}
    </span>
  );
  if (at.kind === null) return words;
  return (
    <ExternalLink href={sourceUrl(at.kind, at.repository, at.commit, { path, line, endLine })}>{words}</ExternalLink>
  );
}
