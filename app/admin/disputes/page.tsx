import type { Metadata } from "next";
import type { ReactNode } from "react";
import { z } from "zod";
import { DisputeBadge } from "@/components/giving/dispute-badge";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { TabLinks } from "@/components/ui/tab-links";
import { Time } from "@/components/ui/time";
import { pageOfDisputes } from "@/lib/giving/dispute/answer-dispute";
import { disputeReasonWords } from "@/lib/giving/dispute/rules";
import { DISPUTE_LISTS, type DisputeList, type DisputeRow } from "@/lib/giving/dispute/schemas";
import { AdminTabs } from "../_components/admin-tabs";
import { requireAdministration } from "../_components/guard";

export const metadata: Metadata = { title: "Disputes · Administration", robots: { index: false } };
export const dynamic = "force-dynamic";

const PAGE_SIZE = 50;
const ADDRESS = "/admin/disputes";

/** How each list is called, how the table says it, and what it means that there is nothing in it. */
const LISTS: Readonly<Record<DisputeList, { label: string; caption: string; empty: string; words: string }>> = {
  answer: {
    label: "Want an answer",
    caption: "Disputes that want an answer, oldest first",
    empty: "No bank waits for an answer",
    words: "As soon as a donor’s bank asks for money back, it stands here with the day until which it can be answered.",
  },
  open: {
    label: "Open",
    caption: "Open disputes, oldest first",
    empty: "No dispute is open",
    words: "Those that want an answer and those that a bank is deciding stand here.",
  },
  decided: {
    label: "Decided",
    caption: "Decided disputes, newest first",
    empty: "No dispute was decided yet",
    words: "What banks have decided stands here, and what it has cost.",
  },
  all: {
    label: "All",
    caption: "All disputes, oldest first",
    empty: "No gift was ever disputed",
    words: "A dispute stands here from the moment in which a donor’s bank opens it.",
  },
};

/** What an address may ask for; what cannot be read is left out. */
const searchSchema = z.object({
  state: z.enum(DISPUTE_LISTS).catch("open").default("open"),
  cursor: z.string().max(300).optional().catch(undefined),
});

const addressOf = (state: DisputeList): string => (state === "open" ? ADDRESS : `${ADDRESS}?state=${state}`);

/** Disputes of the campaigns that one runs; of all, for operators. */
export default async function AdminDisputesPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireAdministration();
  const { state, cursor } = searchSchema.parse(await searchParams);
  const page = await pageOfDisputes(user.id, state, PAGE_SIZE, cursor);
  const { caption, empty, words } = LISTS[state];
  return (
    <Page>
      <PageHeader
        title="Disputes"
        lead={
          user.roles.includes("operator")
            ? "Of gifts to all campaigns: a donor’s bank wants money back, and decides."
            : "Of gifts to your campaigns: a donor’s bank wants money back, and decides."
        }
        crumbs={[{ href: "/admin", label: "Administration" }]}
      />
      <AdminTabs current={ADDRESS} operator={user.roles.includes("operator")} />
      <TabLinks
        label="State"
        current={addressOf(state)}
        items={(["answer", "open", "decided", "all"] as const).map((list) => ({
          href: addressOf(list),
          label: LISTS[list].label,
        }))}
      />
      {page.items.length === 0 ? (
        <EmptyState title={empty}>{words}</EmptyState>
      ) : (
        <DisputeTable caption={caption} disputes={page.items} />
      )}
      <Pagination
        label="Disputes"
        {...(cursor ? { firstHref: addressOf(state) } : {})}
        {...(page.nextCursor
          ? { nextHref: `${ADDRESS}?${new URLSearchParams({ state, cursor: page.nextCursor }).toString()}` }
          : {})}
      />
    </Page>
  );
}

function DisputeTable({
  caption,
  disputes,
}: {
  readonly caption: string;
  readonly disputes: readonly DisputeRow[];
}): ReactNode {
  return (
    <Table caption={caption}>
      <thead>
        <tr>
          <Th>Donor</Th>
          <Th className="max-sm:hidden">Campaign</Th>
          <Th>State</Th>
          <Th numeric className="max-sm:hidden">
            Disputed
          </Th>
          <Th numeric className="max-sm:hidden">
            Fee
          </Th>
          <Th>Answer by</Th>
          <Th>Opened</Th>
        </tr>
      </thead>
      <tbody>
        {disputes.map((dispute) => (
          <tr key={dispute.id}>
            <RowHeader className="min-w-44">
              <TextLink href={`${ADDRESS}/${dispute.id}`} prefetch={false}>
                {dispute.donorName ?? "No name"}
              </TextLink>
              <span className="block text-xs font-normal text-muted">{disputeReasonWords(dispute.reason)}</span>
              <span className="block text-xs font-normal sm:hidden">
                <Money amountMinor={dispute.amountMinor} currency={dispute.currency} /> to {dispute.campaignTitle}
              </span>
            </RowHeader>
            <Td className="min-w-40 max-sm:hidden">{dispute.campaignTitle}</Td>
            <Td>
              <DisputeBadge status={dispute.status} />
            </Td>
            <Td numeric className="max-sm:hidden">
              <Money amountMinor={dispute.amountMinor} currency={dispute.currency} />
            </Td>
            <Td numeric className="max-sm:hidden">
              {dispute.feeMinor > 0 ? <Money amountMinor={dispute.feeMinor} currency={dispute.currency} /> : ""}
            </Td>
            <Td className="whitespace-nowrap">
              {dispute.closedWords === null && dispute.evidenceDueBy ? <Time at={dispute.evidenceDueBy} /> : ""}
            </Td>
            <Td className="whitespace-nowrap">
              <Time at={dispute.createdAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
