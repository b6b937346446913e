import type { ReactNode } from "react";
import { foundPhase } from "@/lib/analysis/rules";
import type { AnalysisResult, NotYet } from "@/lib/analysis/schemas";

/** Everything that this analysis did not look at, plainly: not checked is not the same as clean. */
export function NotChecked({ phases }: { readonly phases: AnalysisResult["phases"] }): ReactNode {
  const absent = Object.values(phases).flatMap((phase: NotYet | object) => ("message" in phase ? [phase.message] : []));
  const security = foundPhase(phases.security);
  const patterns = foundPhase(phases.patterns);
  const lines = [
    ...absent,
    ...(security?.vulnerabilities.status === "not_checked" ? [security.vulnerabilities.message] : []),
    ...(security?.notChecked.map(({ message }) => message) ?? []),
    ...(security?.limits.map(
      ({ limit, files }) =>
        `${files.toLocaleString("en")} ${files === 1 ? "file was" : "files were"} only partly checked for security (${limit.replaceAll("_", " ")}).`,
    ) ?? []),
    ...(patterns?.skipped.map(
      ({ reason, files }) =>
        `${files.toLocaleString("en")} ${files === 1 ? "file was" : "files were"} not searched for patterns: ${SKIPPED[reason]}.`,
    ) ?? []),
    "Nothing was run: what the code does when it runs, and whether its tests pass, is not known.",
  ];
  return (
    <ul className="flex max-w-measure list-disc flex-col gap-1.5 pl-5">
      {[...new Set(lines)].map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

const SKIPPED = {
  vendored: "other people’s code",
  generated: "written by tools",
  no_rules: "a language that the catalogue does not speak of",
  too_large: "too large",
  too_slow: "they took too long to parse",
  syntax_errors: "too many syntax errors",
} as const;
