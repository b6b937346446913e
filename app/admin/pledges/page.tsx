import type { Metadata } from "next";
import type { ReactNode } from "react";
import { z } from "zod";
import { PledgeBadge } from "@/components/giving/pledge-status";
import { Badge } from "@/components/ui/badge";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { Select } from "@/components/ui/select";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { pageOfPledges } from "@/lib/giving/administration/look-after";
import { pledgeNeedSchema, type PledgeNeed, type PledgeRow } from "@/lib/giving/administration/schemas";
import { AdminTabs } from "../_components/admin-tabs";
import { requireAdministration } from "../_components/guard";

export const metadata: Metadata = { title: "Pledges · Administration", robots: { index: false } };
export const dynamic = "force-dynamic";

const PAGE_SIZE = 50;
const STATUSES = [
  { value: "pending", label: "Promised or held" },
  { value: "captured", label: "Taken" },
  { value: "completed", label: "Arrived" },
  { value: "failed", label: "Did not go through" },
  { value: "canceled", label: "Cancelled" },
] as const;

const NEEDS: Readonly<Record<PledgeNeed, string>> = {
  decision: "Only those whose payment is held for a decision.",
  answer: "Only those with a dispute that wants an answer.",
  refund: "Only those with a refund that did not go through.",
  approval: "Only those with a refund that waits for a second pair of eyes.",
  outcome: "Only those with a payment whose outcome is not known.",
};

/** What an address may ask for; what cannot be read is left out. */
const searchSchema = z.object({
  q: z.string().trim().max(200).catch("").default(""),
  status: z.enum(["pending", "captured", "completed", "failed", "canceled"]).optional().catch(undefined),
  campaign: z.uuid().optional().catch(undefined),
  needs: pledgeNeedSchema.optional().catch(undefined),
  cursor: z.string().max(300).optional().catch(undefined),
});
type Search = z.output<typeof searchSchema>;

export default async function AdminPledgesPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireAdministration();
  const search = searchSchema.parse(await searchParams);
  const page = await pageOfPledges(
    user.id,
    { query: search.q, status: search.status, campaignId: search.campaign, needs: search.needs },
    PAGE_SIZE,
    search.cursor,
  );
  return (
    <Page>
      <PageHeader
        title="Pledges"
        lead={user.roles.includes("operator") ? "To all campaigns." : "To your campaigns."}
        crumbs={[{ href: "/admin", label: "Administration" }]}
        actions={
          <a
            href={`/api/v1/admin/pledges.csv?${parametersOf(search, ["q", "status", "campaign", "needs"])}`}
            download
            className="touch-target inline-flex items-center rounded-control border border-control bg-surface px-3.5 py-1.5 text-sm font-medium hover:bg-sunk"
          >
            Export as CSV
          </a>
        }
      />
      <AdminTabs current="/admin/pledges" operator={user.roles.includes("operator")} />
      <form role="search" className="flex flex-wrap items-end gap-3">
        <Input
          key={search.q}
          name="q"
          type="search"
          label="Search"
          optional
          defaultValue={search.q}
          maxLength={200}
          className="min-w-0 flex-1 basis-56"
          help="A name, an address, a campaign, or a pledge’s id."
        />
        <Select
          key={search.status ?? "any"}
          name="status"
          label="State"
          optional
          defaultValue={search.status ?? ""}
          options={[{ value: "", label: "Any" }, ...STATUSES]}
          className="basis-44 pb-6"
        />
        {search.campaign ? <input type="hidden" name="campaign" value={search.campaign} /> : null}
        {search.needs ? <input type="hidden" name="needs" value={search.needs} /> : null}
        <div className="pb-6">
          <Button type="submit">Search</Button>
        </div>
      </form>
      {search.campaign || search.needs ? (
        <p className="-mt-4 text-sm text-muted">
          {search.campaign ? "Only one campaign’s. " : ""}
          {search.needs ? `${NEEDS[search.needs]} ` : ""}
          <TextLink href="/admin/pledges">Show all</TextLink>
        </p>
      ) : null}
      {page.items.length === 0 ? (
        <EmptyState title="No pledge fits" action={<ButtonLink href="/admin/pledges">Show all</ButtonLink>}>
          Try fewer words, or another state.
        </EmptyState>
      ) : (
        <PledgeTable pledges={page.items} />
      )}
      <Pagination
        label="Pledges"
        {...(search.cursor
          ? { firstHref: `/admin/pledges?${parametersOf(search, ["q", "status", "campaign", "needs"])}` }
          : {})}
        {...(page.nextCursor
          ? {
              nextHref: `/admin/pledges?${parametersOf({ ...search, cursor: page.nextCursor }, ["q", "status", "campaign", "needs", "cursor"])}`,
            }
          : {})}
      />
    </Page>
  );
}

function PledgeTable({ pledges }: { readonly pledges: readonly PledgeRow[] }): ReactNode {
  return (
    <Table caption="Pledges, newest first">
      <thead>
        <tr>
          <Th>Donor</Th>
          <Th className="max-sm:hidden">Campaign</Th>
          <Th>State</Th>
          <Th numeric>Gift</Th>
          <Th numeric>Returned</Th>
          <Th>Made</Th>
        </tr>
      </thead>
      <tbody>
        {pledges.map((pledge) => (
          <tr key={pledge.id}>
            <RowHeader className="min-w-44">
              <TextLink href={`/admin/pledges/${pledge.id}`} prefetch={false}>
                {pledge.donor?.name ?? "No name"}
              </TextLink>
              <span className="block text-xs font-normal wrap-anywhere text-muted">{pledge.donor?.email}</span>
              <span className="block text-xs font-normal sm:hidden">to {pledge.campaignTitle}</span>
            </RowHeader>
            <Td className="min-w-40 max-sm:hidden">{pledge.campaignTitle}</Td>
            <Td>
              <span className="flex flex-wrap gap-1">
                <PledgeBadge status={pledge.shown} />
                {pledge.held ? <Badge tone="danger">Held for you</Badge> : null}
                {pledge.anonymous ? <Badge>Anonymous</Badge> : null}
              </span>
            </Td>
            <Td numeric>
              <Money amountMinor={pledge.amountMinor} currency={pledge.currency} />
            </Td>
            <Td numeric>
              {pledge.refundedMinor > 0 ? <Money amountMinor={pledge.refundedMinor} currency={pledge.currency} /> : ""}
            </Td>
            <Td className="whitespace-nowrap">
              <Time at={pledge.createdAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function parametersOf(search: Search, names: readonly (keyof Search)[]): string {
  return new URLSearchParams(names.flatMap((name) => (search[name] ? [[name, search[name]]] : []))).toString();
}
