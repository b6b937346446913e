import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { requireUser } from "@/lib/access/session";
import { patternWords } from "@/lib/analysis/insights/catalogue-view";
import { pageOfAnalyses } from "@/lib/analysis/read-analyses";
import { isUnderway } from "@/lib/analysis/rules";
import type { AnalysisSummary } from "@/lib/analysis/schemas";
import { readOverview, type Overview } from "@/lib/learning/overview/read-overview";
import { pageOfSessions } from "@/lib/learning/session/read-session";
import type { SessionView } from "@/lib/learning/session/schemas";
import { titleOf } from "../patterns/_components/pattern-card";
import { AnalysisList } from "./_components/analysis-list";
import { MasteryPanel } from "./_components/mastery-panel";
import { PathList } from "./_components/path-list";
import { Reviews } from "./_components/reviews";
import { TrackList } from "./_components/track-list";
import { latestPortrait, type Portrait } from "./_latest-portrait";

export const metadata: Metadata = { title: "Learn" };

const PAGE_SIZE = 20;

/** What to do next and why; what is due; what is believed, how surely, and why it moved. */
export default async function LearnPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { db, user } = await requireUser();
  const { cursor } = await searchParams;
  const [page, sessions] = await Promise.all([
    pageOfAnalyses(db, PAGE_SIZE, typeof cursor === "string" ? cursor : undefined),
    pageOfSessions(db, 1),
  ]);
  // The newest one leads the path, also on a later page of the list.
  const newest = cursor === undefined ? page.items : (await pageOfAnalyses(db, PAGE_SIZE)).items;
  const portrait = await latestPortrait(db, newest);
  const words = patternWords();
  const overview = await readOverview(db, user.id, {
    shown: portrait?.shown ?? null,
    nameOf: (pattern) => titleOf(pattern, words),
  });
  const name = user.displayName.split(" ")[0];
  const running = sessions.items.find(goesOn);
  const unfinished = newest[0] && newest[0].status !== "completed" ? newest[0] : null;
  return (
    <Page>
      <PageHeader
        title={name ? `Hello, ${name}` : "Learn"}
        lead="What to do next and why, what you know and how surely, and the repositories you have had analysed."
        {...(newest.length > 0
          ? { actions: <ButtonLink href="/learn/repositories">Analyse a repository</ButtonLink> }
          : {})}
      />
      {running ? <Running session={running} /> : null}
      {newest.length === 0 ? <Begin /> : null}
      {unfinished ? <Unfinished analysis={unfinished} /> : null}
      <Reviews due={overview.due} upcoming={overview.upcoming} />
      <Path overview={overview} portrait={portrait} />
      <MasteryPanel overview={overview} />
      <section aria-labelledby="tracks" className="flex flex-col gap-3">
        <h2 id="tracks" className="scroll-mt-20 text-lg">
          Tracks
        </h2>
        <TrackList tracks={overview.tracks} />
      </section>
      {page.items.length > 0 || cursor !== undefined ? (
        <section aria-labelledby="your-analyses" className="flex flex-col gap-3">
          <h2 id="your-analyses" className="text-lg">
            Your analyses
          </h2>
          <AnalysisList analyses={page.items} />
          <Pagination
            label="Analyses"
            {...(cursor === undefined ? {} : { firstHref: "/learn" })}
            {...(page.nextCursor ? { nextHref: `/learn?cursor=${page.nextCursor}` } : {})}
          />
        </section>
      ) : null}
    </Page>
  );
}

function goesOn({ status, endsAt }: SessionView): boolean {
  return status === "active" && Date.parse(endsAt) > Date.now();
}

function Begin(): ReactNode {
  return (
    <EmptyState
      title="Begin with a repository you know"
      action={
        <>
          <ButtonLink href="/learn/repositories" variant="primary">
            Choose a repository
          </ButtonLink>
          <ButtonLink href="#path">Take a lesson right away</ButtonLink>
        </>
      }
    >
      DevMentor reads it once, shows you what it is made of, and puts together the lessons that it would gain from. It
      takes less than a minute, and nothing is ever written to it.
    </EmptyState>
  );
}

function Running({ session }: { readonly session: SessionView }): ReactNode {
  const { answered, goal } = session.progress;
  return (
    <Panel title="Your session goes on">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="max-w-measure">
          {session.topic}: {answered} of {goal} answers. It ends <Time at={session.endsAt} />.
        </p>
        <ButtonLink href={`/learn/sessions/${session.id}`} variant="primary">
          Go on with it
        </ButtonLink>
      </div>
    </Panel>
  );
}

/** An analysis that is on its way, or did not get there. */
function Unfinished({ analysis }: { readonly analysis: AnalysisSummary }): ReactNode {
  const repository = `${analysis.repository.owner}/${analysis.repository.name}`;
  const [words, label] = isUnderway(analysis)
    ? [`${repository} is being analysed: ${analysis.progress}% so far.`, "Watch it"]
    : [`The last analysis, of ${repository}, did not finish. See why, and start it again.`, "See what happened"];
  return (
    <Panel title="Your newest analysis">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="max-w-measure wrap-anywhere">{words}</p>
        <ButtonLink href={`/learn/analyses/${analysis.id}`}>{label}</ButtonLink>
      </div>
    </Panel>
  );
}

interface PathProps {
  readonly overview: Overview;
  readonly portrait: Portrait | null;
}

function Path({ overview: { path }, portrait }: PathProps): ReactNode {
  const own = path.some(({ fromOwnCode }) => fromOwnCode);
  return (
    <Panel
      title="Your path"
      id="path"
      className="scroll-mt-20"
      description={pathWords(own, portrait)}
      aside={
        portrait ? (
          <TextLink href={`/learn/analyses/${portrait.analysisId}`}>Open the portrait</TextLink>
        ) : (
          <TextLink href="/learn/repositories">Analyse a repository</TextLink>
        )
      }
    >
      {path.length === 0 ? (
        <p className="max-w-measure text-muted">
          There is nothing left to learn here: each concept is mastered. Reviews come back when they are due.
        </p>
      ) : (
        <PathList steps={path} at={portrait?.at ?? null} />
      )}
      {portrait?.otherLanguage ? (
        <p className="max-w-measure pt-4 text-sm text-muted">
          {portrait.repository} is mostly {portrait.otherLanguage}. The tasks here are written in TypeScript and
          JavaScript; what they teach holds there too.
        </p>
      ) : null}
    </Panel>
  );
}

function pathWords(own: boolean, portrait: Portrait | null): string {
  if (own && portrait)
    return `From what ${portrait.repository} shows and what you have done so far, with what that builds on before it.`;
  if (own) return "From what is remembered of your code and your answers, with what that builds on before it.";
  return portrait
    ? `Nothing in ${portrait.repository} asks for a lesson of ours. This is what comes next for you.`
    : "What comes next for you. An analysed repository puts first what its code would gain from.";
}
