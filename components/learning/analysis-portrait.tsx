import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { TextLink } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { Comparison } from "@/lib/analysis/comparison/schemas";
import { formatDuration, foundPhase, limitWords } from "@/lib/analysis/rules";
import type { AnalysisResult } from "@/lib/analysis/schemas";
import type { SecurityFound } from "@/lib/analysis/security/schemas";
import { inWords } from "@/lib/analysis/wording/rules";
import type { Reworded } from "@/lib/analysis/wording/schemas";
import { ComparisonPanel } from "./comparison-panel";
import { ComplexityPlot } from "./complexity-plot";
import { Figures } from "./figures";
import { FindingList, SeverityBar } from "./finding-list";
import { InsightGroups } from "./insight-groups";
import { LanguageChart } from "./language-chart";
import { NextSteps } from "./next-steps";
import { NotChecked } from "./not-checked";
import { PatternMap, type PatternWords } from "./pattern-map";
import { RecommendationList } from "./recommendation-list";
import { SkippedTable } from "./skipped-table";
import type { SourceAt } from "./source-link";

interface AnalysisPortraitProps {
  readonly result: AnalysisResult;
  readonly at: SourceAt;
  readonly words: PatternWords;
  /** Address of this analysis's page; its lists lie below it. */
  readonly base: string;
  readonly comparison: Comparison | null;
  /** The insights in other words, and who says them; below the heading stands how to change that. */
  readonly reworded: readonly Reworded[];
  readonly wording: ReactNode;
}

/** Findings on the portrait itself; all of them have a page of their own. */
const FINDINGS_SHOWN = 5;

/** The finished result: what the code is made of, what it says about its authors, and what was not looked at. */
export function AnalysisPortrait({
  result,
  at,
  words,
  base,
  comparison,
  reworded,
  wording,
}: AnalysisPortraitProps): ReactNode {
  const patterns = foundPhase(result.phases.patterns);
  const security = foundPhase(result.phases.security);
  const insights = foundPhase(result.phases.insights);
  const sections = [
    ...(insights ? [["insights", "Insights"] as const] : []),
    ["languages", "Languages"] as const,
    ...(patterns ? [["patterns", "Patterns"] as const, ["complexity", "Complexity"] as const] : []),
    ...(security ? [["security", "Security"] as const] : []),
    ...(insights ? [["learn", "What to learn"] as const] : []),
    ...(comparison ? [["changes", "What changed"] as const] : []),
    ["not-checked", "Not checked"] as const,
  ];
  return (
    <>
      {result.limits.map((limit) => (
        <Alert
          key={`${limit.limit}${limitWords(limit)}`}
          tone="warning"
          title="A bound of the analysis was reached, so this result is partial"
        >
          {limitWords(limit)}
        </Alert>
      ))}
      <Figures
        figures={[
          { label: "Lines counted", value: result.lines.toLocaleString("en") },
          { label: "Files counted", value: result.files.toLocaleString("en") },
          { label: "Files in the commit", value: result.totalFiles.toLocaleString("en") },
          ...(patterns
            ? [
                { label: "Functions", value: patterns.functions.count.toLocaleString("en") },
                { label: "Patterns in use", value: patterns.patterns.length.toLocaleString("en") },
                { label: "Test cases", value: patterns.tests.cases.toLocaleString("en") },
              ]
            : []),
          ...(security ? [{ label: "Security findings", value: security.counts.total.toLocaleString("en") }] : []),
          { label: "Measured in", value: formatDuration(result.durationMs) },
        ]}
      />
      <nav aria-label="On this page" className="overflow-x-auto border-b border-line">
        <ul className="flex">
          {sections.map(([id, label]) => (
            <li key={id}>
              <a
                href={`#${id}`}
                className="touch-target flex items-center px-3 text-sm whitespace-nowrap text-muted hover:text-ink focus-visible:-outline-offset-2"
              >
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {insights && insights.nextSteps.length > 0 ? (
        <Panel title="Next steps" description="What to do first, and why.">
          <NextSteps steps={insights.nextSteps} at={at} />
        </Panel>
      ) : null}
      {insights ? (
        <Panel
          id="insights"
          title="Insights"
          description={`What the code says about how it is written. ${insights.rulesTried} rules were tried; each sentence has its places.`}
        >
          <div className="flex flex-col gap-6">
            {wording}
            <InsightGroups insights={inWords(insights.insights, reworded)} at={at} />
          </div>
        </Panel>
      ) : null}
      <Panel id="languages" title="Languages" aside={<TextLink href={`${base}/files`}>Why each file counts</TextLink>}>
        <LanguageChart languages={result.languages} />
      </Panel>
      {patterns ? (
        <Panel
          id="patterns"
          title="Patterns"
          description={`${patterns.patterns.length.toLocaleString("en")} patterns in ${patterns.files.toLocaleString("en")} parsed files.`}
        >
          <PatternMap patterns={patterns.patterns} words={words} base={base} />
        </Panel>
      ) : null}
      {patterns ? (
        <Panel id="complexity" title="Complexity">
          <ComplexityPlot
            functions={patterns.functions.count}
            cognitive={patterns.functions.cognitive}
            hotspots={patterns.functions.hotspots}
            at={at}
          />
        </Panel>
      ) : null}
      {security ? (
        <Panel
          id="security"
          title="Security"
          description={`${security.checked.rules.toLocaleString("en")} rules over ${security.checked.secrets.toLocaleString("en")} files. How bad and how likely are told apart.`}
          aside={security.findings.length > 0 ? <TextLink href={`${base}/findings`}>All findings</TextLink> : null}
        >
          <div className="flex flex-col gap-4">
            <SeverityBar counts={security.counts} />
            {security.counts.total === 0 ? (
              <p className="max-w-measure">
                No rule matched. That is no proof of safety: see what was not checked, below.
              </p>
            ) : null}
            <FindingList
              findings={security.findings.filter(({ suppressed }) => !suppressed).slice(0, FINDINGS_SHOWN)}
              at={at}
            />
            {security.counts.total > FINDINGS_SHOWN ? (
              <p>
                <TextLink href={`${base}/findings`}>
                  All {security.counts.total.toLocaleString("en")} findings, with their code
                </TextLink>
              </p>
            ) : null}
            <KnownVulnerabilities vulnerabilities={security.vulnerabilities} base={base} />
          </div>
        </Panel>
      ) : null}
      {insights ? (
        <Panel
          id="learn"
          title="What to learn"
          description="Concepts that are seen little or used wrongly here, weighed by how much they matter in this code."
        >
          <RecommendationList recommendations={insights.recommendations} at={at} />
        </Panel>
      ) : null}
      {comparison ? (
        <Panel id="changes" title="What changed">
          <ComparisonPanel comparison={comparison} words={words} />
        </Panel>
      ) : null}
      <Panel title="Not counted, and why" flush={result.skipped.length > 0}>
        <SkippedTable skipped={result.skipped} />
      </Panel>
      <Panel id="not-checked" title="What was not checked">
        <NotChecked phases={result.phases} />
      </Panel>
      <p className="text-xs text-muted">
        Branch or tag <span className="font-mono">{result.ref}</span>, commit{" "}
        <span className="font-mono">{result.commit.slice(0, 12)}</span>. Measured <Time at={result.measuredAt} /> in{" "}
        {formatDuration(result.durationMs)}.
      </p>
    </>
  );
}

/** Never a zero where nobody was asked. */
function KnownVulnerabilities({
  vulnerabilities,
  base,
}: {
  readonly vulnerabilities: SecurityFound["vulnerabilities"];
  readonly base: string;
}): ReactNode {
  const href = `${base}/vulnerabilities`;
  if (vulnerabilities.status === "not_checked") {
    return (
      <p className="max-w-measure border-t border-line pt-3">
        Known vulnerabilities of packages were not looked up.{" "}
        <TextLink href={href}>See what looking them up would send</TextLink>
      </p>
    );
  }
  const { total, packages, at } = vulnerabilities;
  return (
    <p className="max-w-measure border-t border-line pt-3">
      <TextLink href={href}>
        {total === 0
          ? "No known vulnerability"
          : `${total.toLocaleString("en")} known ${total === 1 ? "vulnerability" : "vulnerabilities"}`}
      </TextLink>{" "}
      in {packages.toLocaleString("en")} packages, as OSV knew <Time at={at} />.
    </p>
  );
}
