import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { requireUser } from "@/lib/access/session";
import { pageOfAnalyses } from "@/lib/analysis/read-analyses";
import { AnalysisList } from "../_components/analysis-list";

export const metadata: Metadata = { title: "Analyses" };

const PAGE_SIZE = 20;

/** Every analysis that one asked for, newest first; of one repository when its address is given. */
export default async function AnalysesPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { db } = await requireUser();
  const { cursor, repository } = await searchParams;
  const of = typeof repository === "string" && repository !== "" ? repository : undefined;
  const page = await pageOfAnalyses(db, PAGE_SIZE, typeof cursor === "string" ? cursor : undefined, of);
  const first = page.items[0]?.repository;
  const name = of === undefined ? undefined : first ? `${first.owner}/${first.name}` : of;
  const here = of === undefined ? "/learn/analyses?" : `/learn/analyses?repository=${encodeURIComponent(of)}&`;
  return (
    <Page>
      <PageHeader
        title={<span className="wrap-anywhere">{name ? `Analyses of ${name}` : "Analyses"}</span>}
        lead={
          name ? (
            <>
              Each time it was looked at, newest first.{" "}
              <TextLink href="/learn/analyses">Show all repositories</TextLink>
            </>
          ) : (
            "Every one that you asked for, newest first."
          )
        }
        crumbs={[{ href: "/learn", label: "Learn" }]}
        actions={
          <ButtonLink href="/learn/repositories" variant="primary">
            Analyse a repository
          </ButtonLink>
        }
      />
      {page.items.length === 0 ? (
        <EmptyState title={cursor === undefined ? "No analyses here" : "No more of them"}>
          {of === undefined
            ? "Choose a repository, and its analysis will stand here."
            : "You have not asked for an analysis of this repository."}
        </EmptyState>
      ) : (
        <AnalysisList analyses={page.items} />
      )}
      <Pagination
        label="Analyses"
        {...(cursor === undefined ? {} : { firstHref: here.slice(0, -1) })}
        {...(page.nextCursor ? { nextHref: `${here}cursor=${page.nextCursor}` } : {})}
      />
    </Page>
  );
}
