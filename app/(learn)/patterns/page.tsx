import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { TabLinks } from "@/components/ui/tab-links";
import { requireUser } from "@/lib/access/session";
import { patternWords } from "@/lib/analysis/insights/catalogue-view";
import { AppError } from "@/lib/kernel/errors";
import { beliefs } from "@/lib/learning/patterns/error-patterns";
import { pageOfPatterns } from "@/lib/learning/patterns/page-of-patterns";
import { KIND_WORDS } from "@/lib/learning/patterns/rules";
import { patternKindSchema, type PatternPage, type PatternQuery } from "@/lib/learning/patterns/schemas";
import { PatternCard, titleOf } from "./_components/pattern-card";

export const metadata: Metadata = { title: "Your patterns" };

const PAGE_SIZE = 20;

/** What is believed about the learner, why, and how to correct it. */
export default async function PatternsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireUser();
  const query = await searchParams;
  const kind = patternKindSchema.safeParse(query["kind"]).data;
  const cursor = typeof query["cursor"] === "string" ? query["cursor"] : undefined;
  const page = await pageOrFirst(user.id, { kind, cursor, limit: PAGE_SIZE });
  const catalogue = patternWords();
  const words = { ...catalogue, patterns: { ...beliefs(), ...catalogue.patterns } };
  const here = kind ? `/patterns?kind=${kind}` : "/patterns";
  const corrected = page.items.find(({ id }) => id === query["corrected"]);
  return (
    <Page>
      <PageHeader
        title="Your patterns"
        lead="What we believe about how you write, from the repositories you had analysed and from your answers. Code by others in them counts too, until you say that it is not yours. Only you see this."
      />
      {corrected ? (
        <Alert tone="success" live title="Saved">
          What you said about {titleOf(corrected, words)} now stands above what was seen.
        </Alert>
      ) : null}
      {query["forgotten"] === "yes" ? (
        <Alert tone="success" live title="Deleted">
          The pattern is gone, with every place where it was seen.
        </Alert>
      ) : null}
      <TabLinks
        label="By kind"
        current={here}
        items={[
          { href: "/patterns", label: "All" },
          ...patternKindSchema.options.map((each) => ({ href: `/patterns?kind=${each}`, label: KIND_WORDS[each] })),
        ]}
      />
      {page.items.length === 0 ? (
        <Nothing filtered={kind !== undefined} past={cursor !== undefined} />
      ) : (
        <div className="flex flex-col">
          {page.items.map((pattern) => (
            <PatternCard key={pattern.id} pattern={pattern} words={words} place={{ kind, cursor }} />
          ))}
        </div>
      )}
      <Pagination
        label="Patterns"
        {...(cursor === undefined ? {} : { firstHref: here })}
        {...(page.nextCursor ? { nextHref: `${here}${kind ? "&" : "?"}cursor=${page.nextCursor}` } : {})}
      />
    </Page>
  );
}

/** An address with a cursor that is none of ours shows the first page. */
async function pageOrFirst(userId: string, query: PatternQuery): Promise<PatternPage> {
  try {
    return await pageOfPatterns(userId, query);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "invalid_request") throw error;
    return pageOfPatterns(userId, { ...query, cursor: undefined });
  }
}

function Nothing({ filtered, past }: { readonly filtered: boolean; readonly past: boolean }): ReactNode {
  if (past) return <EmptyState title="No more of them">Everything stands on the pages before.</EmptyState>;
  if (filtered)
    return (
      <EmptyState title="Nothing of this kind">
        Nothing that you had analysed, and no answer of yours, shows any of these.
      </EmptyState>
    );
  return (
    <EmptyState
      title="We do not believe anything yet"
      action={
        <ButtonLink href="/learn/repositories" variant="primary">
          Choose a repository
        </ButtonLink>
      }
    >
      Once a repository of yours is analysed, the patterns in it stand here, each with the lines that show it.
    </EmptyState>
  );
}
