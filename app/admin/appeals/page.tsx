import type { Metadata } from "next";
import type { ReactNode } from "react";
import { z } from "zod";
import { Alert } from "@/components/ui/alert";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { decisionSchema } from "@/lib/learning/review/schemas";
import { pageOfAppeals } from "@/lib/learning/review/page-of-appeals";
import { AdminTabs } from "../_components/admin-tabs";
import { requireOperator } from "../_components/guard";
import { AppealCard } from "./_components/appeal-card";

export const metadata: Metadata = { title: "Appeals · Administration", robots: { index: false } };
export const dynamic = "force-dynamic";

const PAGE_SIZE = 10;

/** What an address may ask for; what cannot be read is left out. */
const searchSchema = z.object({
  cursor: z.string().max(200).optional().catch(undefined),
  decided: decisionSchema.optional().catch(undefined),
});

/** Answers that a person has to look at. */
export default async function AppealsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireOperator();
  const { cursor, decided } = searchSchema.parse(await searchParams);
  const page = await pageOfAppeals(user.id, PAGE_SIZE, cursor);
  return (
    <Page>
      <PageHeader
        title="Appeals"
        lead="Answers whose verdict a learner appealed, or that no check could judge. What is said in words waits here unless a model that its learner allows has judged it. The oldest first."
        crumbs={[{ href: "/admin", label: "Administration" }]}
      />
      <AdminTabs current="/admin/appeals" operator />
      {decided ? (
        <Alert tone="success" live>
          {decided === "upheld"
            ? "Decided: the answer passed. The learner’s skill was counted anew, and they have a notice with your reason."
            : "Decided: the answer has not passed. The learner has a notice with your reason."}
        </Alert>
      ) : null}
      {page.items.length === 0 ? (
        <EmptyState title="Nothing waits for you">
          An answer comes here when its learner says that the verdict is wrong, or when no check can tell.
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-6">
          {page.items.map((appeal) => (
            <AppealCard key={appeal.id} appeal={appeal} cursor={cursor} />
          ))}
        </div>
      )}
      <Pagination
        label="Appeals"
        {...(cursor ? { firstHref: "/admin/appeals" } : {})}
        {...(page.nextCursor
          ? { nextHref: `/admin/appeals?${new URLSearchParams({ cursor: page.nextCursor }).toString()}` }
          : {})}
      />
    </Page>
  );
}
