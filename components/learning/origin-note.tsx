import type { ReactNode } from "react";
import { sourceHostOf } from "@/lib/analysis/repository/rules";
import type { Origin } from "@/lib/learning/own-code/schemas";
import { SourceLink } from "./source-link";

/** Says of a task of the learner's own code where that code stands; nothing of one of the track. */
export function OriginNote({ origin }: { readonly origin: Origin | null }): ReactNode {
  if (!origin) return null;
  const { kind, path, line, endLine, commit, repoUrl } = origin;
  if (kind === "answer") return <p className="text-sm">It is about the code that you have just passed with.</p>;
  if (path === null || line === null) return <p className="text-sm">It is made of your own code.</p>;
  const host = repoUrl !== null && commit !== null && URL.canParse(repoUrl) ? new URL(repoUrl).host : null;
  return (
    <p className="text-sm">
      It is made of your own code:{" "}
      <SourceLink
        at={{ kind: host === null ? null : sourceHostOf(host), repository: repoUrl ?? "", commit: commit ?? "" }}
        path={path}
        line={line}
        endLine={endLine}
      />
    </p>
  );
}
