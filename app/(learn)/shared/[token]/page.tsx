import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { ComplexityPlot } from "@/components/learning/complexity-plot";
import { Figures } from "@/components/learning/figures";
import { InsightGroups } from "@/components/learning/insight-groups";
import { LanguageChart } from "@/components/learning/language-chart";
import { NextSteps } from "@/components/learning/next-steps";
import { PatternMap } from "@/components/learning/pattern-map";
import { RecommendationList } from "@/components/learning/recommendation-list";
import { ButtonLink } from "@/components/ui/button";
import { ExternalLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { patternWords } from "@/lib/analysis/insights/catalogue-view";
import { sourceHostAt } from "@/lib/analysis/repository/source-host";
import { readSharedAnalysis } from "@/lib/analysis/sharing/read-shared";
import type { SharedAnalysis } from "@/lib/analysis/sharing/schemas";
import { AppError } from "@/lib/kernel/errors";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";

/** The link is a secret: neither search engines nor the pages it links to may learn it. */
export const metadata: Metadata = {
  title: "A shared analysis",
  referrer: "no-referrer",
  robots: { index: false, follow: false },
};

export default async function SharedAnalysisPage({
  params,
}: {
  readonly params: Promise<{ readonly token: string }>;
}): Promise<ReactNode> {
  const { token } = await params;
  const shared = await load(token);
  const { repository, functions, tests, commit } = shared;
  const at = commit === null ? null : { kind: sourceHostAt(repository), repository: repository.url, commit };
  const words = patternWords();
  return (
    <Page>
      <PageHeader
        title={<span className="wrap-anywhere">{`${repository.owner}/${repository.name}`}</span>}
        lead={
          <>
            A portrait of this code by DevMentor, <Time at={shared.finishedAt} />.{" "}
            {shared.private ? null : <ExternalLink href={repository.url}>{repository.host}</ExternalLink>}
          </>
        }
        actions={<ButtonLink href="/learn/repositories">Look at your own code</ButtonLink>}
      />
      <Figures
        figures={[
          { label: "Lines counted", value: shared.lines.toLocaleString("en") },
          { label: "Files counted", value: shared.files.toLocaleString("en") },
          ...(functions ? [{ label: "Functions", value: functions.count.toLocaleString("en") }] : []),
          ...(tests ? [{ label: "Test cases", value: tests.cases.toLocaleString("en") }] : []),
        ]}
      />
      <Panel title="Languages">
        <LanguageChart languages={shared.languages} />
      </Panel>
      {shared.insights.length > 0 ? (
        <Panel title="Insights">
          <InsightGroups insights={shared.insights} at={at} />
        </Panel>
      ) : null}
      {shared.patterns.length > 0 ? (
        <Panel title="Patterns">
          <PatternMap patterns={shared.patterns} words={words} />
        </Panel>
      ) : null}
      {functions ? (
        <Panel title="Complexity">
          <ComplexityPlot
            functions={functions.count}
            cognitive={functions.cognitive}
            hotspots={functions.hotspots}
            at={at}
          />
        </Panel>
      ) : null}
      {shared.nextSteps.length > 0 ? (
        <Panel title="Next steps">
          <NextSteps steps={shared.nextSteps} at={at} />
        </Panel>
      ) : null}
      {shared.recommendations.length > 0 ? (
        <Panel title="What to learn from it">
          <RecommendationList recommendations={shared.recommendations} at={at} />
        </Panel>
      ) : null}
      <p className="max-w-measure text-xs text-muted">
        Whoever shared this can close the link at any time. Code and security findings are never part of a shared page
        {shared.private ? ", and of this private repository no paths and names either" : ""}.
      </p>
    </Page>
  );
}

async function load(token: string): Promise<SharedAnalysis> {
  await limit({ policy: "shared-ip", subject: clientAddress(await headers()) });
  try {
    return await readSharedAnalysis(token);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}
