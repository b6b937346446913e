import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { Panel } from "@/components/ui/panel";
import { requireUser } from "@/lib/access/session";
import { pageOfAnalyses } from "@/lib/analysis/read-analyses";
import { isUnderway } from "@/lib/analysis/rules";
import type { AnalysisSummary } from "@/lib/analysis/schemas";
import { AnalysisList } from "./_components/analysis-list";

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
  const name = user.displayName.split(" ")[0];
  return (
    <Page>
      <PageHeader
        title={name ? `Hello, ${name}` : "Learn"}
        lead="What to do next, and the repositories you have had analysed."
        {...(page.items.length > 0
          ? {
              actions: (
                <ButtonLink href="/learn/repositories" variant="primary">
                  Analyse a repository
                </ButtonLink>
              ),
            }
          : {})}
      />
      {page.items.length === 0 && cursor === undefined ? (
        <EmptyState
          title="Begin with a repository you know"
          action={
            <ButtonLink href="/learn/repositories" variant="primary">
              Choose a repository
            </ButtonLink>
          }
        >
          DevMentor reads it once, shows you what it is made of, and later builds your exercises from it. It takes less
          than a minute, and nothing is ever written to it.
        </EmptyState>
      ) : (
        <>
          <NextStep analyses={page.items} />
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
        </>
      )}
    </Page>
  );
}

/** The one thing that is worth doing now, and why. */
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
