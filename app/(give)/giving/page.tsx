import type { Metadata } from "next";
import type { ReactNode } from "react";
import { PledgeBadge } from "@/components/giving/pledge-status";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { Panel } from "@/components/ui/panel";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { requireUser } from "@/lib/access/session";
import { pageOfGifts } from "@/lib/giving/receipt/gifts";
import type { Gift } from "@/lib/giving/receipt/schemas";
import { ClaimForm } from "./_components/claim-form";
import { StatementForm } from "./_components/statement-form";

export const metadata: Metadata = { title: "Your giving" };
export const dynamic = "force-dynamic";

const PAGE_SIZE = 20;

export default async function GivingPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireUser("live");
  const { cursor } = await searchParams;
  const after = typeof cursor === "string" ? cursor : undefined;
  const page = await pageOfGifts(user.id, PAGE_SIZE, after);
  return (
    <Page>
      <PageHeader
        title="Your giving"
        lead="What you gave, where it is, and the papers for it."
        actions={
          <ButtonLink href="/campaigns" variant="primary">
            Find a campaign
          </ButtonLink>
        }
      />
      {page.items.length === 0 && after === undefined ? (
        <EmptyState title="You have not given yet" action={<ButtonLink href="/campaigns">See campaigns</ButtonLink>}>
          Gifts that you make while signed in stand here, with their receipts. Gifts you made before, as a guest, can be
          brought here below.
        </EmptyState>
      ) : (
        <section aria-labelledby="gifts" className="flex flex-col gap-3">
          <h2 id="gifts" className="text-lg">
            Gifts
          </h2>
          <GiftTable gifts={page.items} />
          <Pagination
            label="Gifts"
            {...(after ? { firstHref: "/giving" } : {})}
            {...(page.nextCursor ? { nextHref: `/giving?cursor=${encodeURIComponent(page.nextCursor)}` } : {})}
          />
        </section>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Panel title="Statement" description="Everything you gave between two days, to keep or for your taxes.">
          <StatementForm today={today()} />
        </Panel>
        <Panel title="Earlier gifts" description="Gifts you made without being signed in, with the same address.">
          {user.emailVerified ? (
            <ClaimForm email={user.email} />
          ) : (
            <p>
              Once it is proven that {user.email} is yours, gifts made with it can be brought here.{" "}
              <TextLink href="/settings">Prove it in your settings</TextLink>.
            </p>
          )}
        </Panel>
      </div>
    </Page>
  );
}

function GiftTable({ gifts }: { readonly gifts: readonly Gift[] }): ReactNode {
  return (
    <Table caption="Your gifts, newest first">
      <thead>
        <tr>
          <Th>Campaign</Th>
          <Th>When</Th>
          <Th>State</Th>
          <Th numeric>Gift</Th>
          <Th>Receipt</Th>
        </tr>
      </thead>
      <tbody>
        {gifts.map((gift) => (
          <tr key={gift.id}>
            <RowHeader>
              <TextLink href={`/pledges/${gift.id}`} prefetch={false}>
                {gift.campaignTitle}
              </TextLink>
            </RowHeader>
            <Td className="whitespace-nowrap">
              <Time at={gift.createdAt} />
            </Td>
            <Td>
              <PledgeBadge status={gift.shown} />
            </Td>
            <Td numeric>
              <Money amountMinor={gift.amountMinor} currency={gift.currency} />
            </Td>
            <Td>
              {gift.capturedAt ? (
                <a
                  href={`/api/v1/pledges/${gift.id}/receipt`}
                  download
                  className="text-accent-ink underline underline-offset-3"
                >
                  PDF<span className="sr-only"> of your gift to {gift.campaignTitle}</span>
                </a>
              ) : (
                <span className="text-muted">Not yet</span>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** In UTC, as `YYYY-MM-DD`. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}
