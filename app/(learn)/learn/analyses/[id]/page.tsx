import type { Metadata } from "next";
import type { ReactNode } from "react";
import { AnalysisPortrait } from "@/components/learning/analysis-portrait";
import { TextLink } from "@/components/ui/link";
import { Page } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { compareWithPrevious } from "@/lib/analysis/comparison/compare-with-previous";
import { patternWords } from "@/lib/analysis/insights/catalogue-view";
import { foundPhase, isUnderway } from "@/lib/analysis/rules";
import { badgePath } from "@/lib/analysis/sharing/rules";
import { openLinkOf } from "@/lib/analysis/sharing/share-analysis";
import { wordingOf } from "@/lib/analysis/wording/reword-insights";
import { serverEnv } from "@/lib/env/server";
import { loadAnalysis, sourceAt } from "../_load";
import { LiveAnalysis } from "./_components/live-analysis";
import { ShareForm } from "./_components/share-form";
import { WordingBar } from "./_components/wording-bar";

export const metadata: Metadata = { title: "Analysis" };

export default async function AnalysisPage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}): Promise<ReactNode> {
  const { id } = await params;
  const { db, user, analysis } = await loadAnalysis(id);
  const { result, ...withoutResult } = analysis;
  const [comparison, link, wording] = result
    ? await Promise.all([compareWithPrevious(db, analysis), openLinkOf(user.id, id), wordingOf(db, user.id, id)])
    : [null, null, null];
  const { repository } = analysis;
  return (
    <Page>
      {isUnderway(analysis) ? (
        <noscript>
          <meta httpEquiv="refresh" content="3" />
        </noscript>
      ) : null}
      {/* A new status from the server (done, canceled) begins the page anew. */}
      <LiveAnalysis key={analysis.status} initial={withoutResult}>
        {result ? (
          <>
            <AnalysisPortrait
              result={result}
              at={sourceAt(analysis, result)}
              words={patternWords()}
              base={`/learn/analyses/${id}`}
              comparison={comparison}
              reworded={wording?.items ?? []}
              wording={
                wording && foundPhase(result.phases.insights)?.insights.length ? (
                  <WordingBar wording={wording} analysisId={id} isPrivate={analysis.private} />
                ) : null
              }
            />
            <Panel
              id="own-code"
              title="Exercises from your code"
              description="Short functions of this repository become tasks in your sessions, if you allow it."
            >
              <TextLink href={`/learn/analyses/${id}/own-code`}>What is made of it, and what is kept</TextLink>
            </Panel>
            <Panel
              id="share"
              title="Show it around"
              description="A link shows languages, figures, patterns and insights. Never code, and nothing about security."
            >
              <ShareForm
                analysisId={id}
                repository={`${repository.owner}/${repository.name}`}
                private={analysis.private}
                openSince={link?.createdAt ?? null}
                badgeUrl={analysis.private ? null : new URL(badgePath(repository), serverEnv().APP_URL).href}
              />
            </Panel>
          </>
        ) : null}
      </LiveAnalysis>
    </Page>
  );
}
