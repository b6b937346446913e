import type { Metadata } from "next";
import type { ReactNode } from "react";
import { MasteryChart } from "@/components/learning/mastery-chart";
import type { SourceAt } from "@/components/learning/source-link";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { requireUser } from "@/lib/access/session";
import { getAnalysis, pageOfAnalyses } from "@/lib/analysis/read-analyses";
import type { Recommendation } from "@/lib/analysis/recommendations/schemas";
import { foundPhase, isUnderway } from "@/lib/analysis/rules";
import type { AnalysisSummary } from "@/lib/analysis/schemas";
import { readOverview, type MasteryRow, type Overview } from "@/lib/learning/overview/read-overview";
import { pageOfSessions } from "@/lib/learning/session/read-session";
import type { SessionView } from "@/lib/learning/session/schemas";
import type { Db } from "@/lib/platform/supabase/server";
import { sourceAt } from "./analyses/_load";
import { AnalysisList } from "./_components/analysis-list";
import { PathList } from "./_components/path-list";
import { PostButton } from "./_components/post-button";
import { TrackList } from "./_components/track-list";
import { startSessionAction } from "./sessions/actions";

export const metadata: Metadata = { title: "Learn" };

const PAGE_SIZE = 20;

export default async function LearnPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { db, user } = await requireUser();
  const { cursor } = await searchParams;
  const page = await pageOfAnalyses(db, PAGE_SIZE, typeof cursor === "string" ? cursor : undefined);
  const [portrait, sessions] = await Promise.all([latestPortrait(db, page.items), pageOfSessions(db, 1)]);
  const overview = await readOverview(db, user.id, portrait?.recommendations ?? []);
  const name = user.displayName.split(" ")[0];
  const running = sessions.items.find(goesOn);
  return (
    <Page>
      <PageHeader
        title={name ? `Hello, ${name}` : "Learn"}
        lead="What to do next and why, what you know and how surely, and the repositories you have had analysed."
        {...(page.items.length > 0
          ? {
              actions: (
                <ButtonLink href="/learn/repositories" variant={overview.path.length > 0 ? "secondary" : "primary"}>
                  Analyse a repository
                </ButtonLink>
              ),
            }
          : {})}
      />
      {running ? <Running session={running} /> : null}
      {page.items.length === 0 && cursor === undefined ? (
        <EmptyState
          title="Begin with a repository you know"
          action={
            <ButtonLink href="/learn/repositories" variant="primary">
              Choose a repository
            </ButtonLink>
          }
        >
          DevMentor reads it once, shows you what it is made of, and puts together the lessons that it would gain from.
          It takes less than a minute, and nothing is ever written to it. You can also take a lesson right away.
        </EmptyState>
      ) : (
        <NextStep analyses={page.items} />
      )}
      {overview.due.length > 0 ? <DueReviews due={overview.due} /> : null}
      <Path overview={overview} portrait={portrait} />
      <Mastery overview={overview} />
      <section aria-labelledby="tracks" className="flex flex-col gap-3">
        <h2 id="tracks" className="text-lg">
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

interface Portrait {
  readonly analysisId: string;
  readonly repository: string;
  readonly recommendations: readonly Recommendation[];
  readonly at: SourceAt;
}

/** What the newest analysis that is done recommends. */
async function latestPortrait(db: Db, analyses: readonly AnalysisSummary[]): Promise<Portrait | null> {
  const newest = analyses.find(({ status }) => status === "completed");
  if (!newest) return null;
  const analysis = await getAnalysis(db, newest.id);
  const insights = analysis.result ? foundPhase(analysis.result.phases.insights) : null;
  if (!analysis.result || !insights) return null;
  return {
    analysisId: analysis.id,
    repository: `${analysis.repository.owner}/${analysis.repository.name}`,
    recommendations: insights.recommendations,
    at: sourceAt(analysis, analysis.result),
  };
}

function goesOn({ status, endsAt }: SessionView): boolean {
  return status === "active" && Date.parse(endsAt) > Date.now();
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

function DueReviews({ due }: { readonly due: readonly MasteryRow[] }): ReactNode {
  return (
    <Panel
      title="Reviews due"
      description="One task each. A review that is passed comes back later; one that is not opens the concept again."
    >
      <ul className="flex flex-col">
        {due.map((row) => (
          <li
            key={row.concept}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b border-line py-2 first:pt-0 last:border-b-0 last:pb-0"
          >
            <p>
              <span className="font-medium">{row.title}</span>{" "}
              <span className="text-sm text-muted">due {row.due ? <Time at={row.due} /> : null}</span>
            </p>
            {row.trackSlug ? (
              <PostButton
                action={startSessionAction}
                fields={{ trackSlug: row.trackSlug, lessonSlug: row.concept }}
                label="Review"
                of={row.title}
                pendingLabel="Starting…"
              />
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Path({ overview, portrait }: { readonly overview: Overview; readonly portrait: Portrait | null }): ReactNode {
  const own = portrait !== null && overview.path.some(({ fromOwnCode }) => fromOwnCode);
  return (
    <Panel
      title="Your path"
      id="path"
      description={
        own ? (
          <>
            From what <TextLink href={`/learn/analyses/${portrait.analysisId}`}>{portrait.repository}</TextLink> shows,
            and what that builds on.
          </>
        ) : (
          "The next lesson of each track. An analysed repository puts first what its code would gain from."
        )
      }
    >
      {overview.path.length === 0 ? (
        <p className="max-w-measure text-muted">
          There is nothing left to learn here: each concept is mastered. Reviews come back when they are due.
        </p>
      ) : (
        <PathList steps={overview.path} at={portrait?.at ?? null} />
      )}
    </Panel>
  );
}

/** Without a streak: nothing is lost by a day away. */
function Mastery({ overview }: { readonly overview: Overview }): ReactNode {
  const mastered = overview.mastery.filter(({ status }) => status === "mastered").length;
  const all = overview.tracks.reduce((sum, { concepts }) => sum + concepts, 0);
  return (
    <Panel
      title="What you know"
      id="mastery"
      description={
        overview.answers === 0
          ? "Nothing is believed about you before you have answered something."
          : `${mastered} of ${all} concepts mastered, ${overview.mastery.length - mastered} in practice, ${overview.answers} ${overview.answers === 1 ? "answer" : "answers"} counted.`
      }
      aside={<TextLink href="/learn/sessions">Your sessions</TextLink>}
    >
      {overview.mastery.length === 0 ? (
        <p className="max-w-measure text-muted">
          After the first answer of a lesson this shows each concept: how likely you are to pass a typical task of it,
          how sure that is, and why it changed.
        </p>
      ) : (
        <MasteryChart
          asked={overview.asked}
          bars={overview.mastery.map((row) => ({
            ...row,
            href: row.trackSlug === null ? null : `/learn/tracks/${row.trackSlug}#${row.concept}`,
          }))}
        />
      )}
    </Panel>
  );
}

/** The one thing that is worth doing now about the analyses, and why. */
function NextStep({ analyses }: { readonly analyses: readonly AnalysisSummary[] }): ReactNode {
  const underway = analyses.find(isUnderway);
  const newest = analyses[0];
  if (!newest) return null;
  const of = underway ?? newest;
  const repository = `${of.repository.owner}/${of.repository.name}`;
  const [words, label] = underway
    ? [`${repository} is being analysed: ${underway.progress}% so far.`, "Watch it"]
    : newest.status === "completed"
      ? [
          `The portrait of ${repository} is ready. Look at what it is made of, and what was left out.`,
          "Open the portrait",
        ]
      : [`The last analysis, of ${repository}, did not finish. See why, and start it again.`, "See what happened"];
  return (
    <Panel title="Next">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="max-w-measure">{words}</p>
        <ButtonLink href={`/learn/analyses/${of.id}`}>{label}</ButtonLink>
      </div>
    </Panel>
  );
}
