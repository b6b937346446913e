import type { Metadata } from "next";
import type { ReactNode } from "react";
import { CampaignBadge } from "@/components/giving/campaign-card";
import { TotalBar } from "@/components/giving/total-bar";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { pageOfAdminCampaigns } from "@/lib/giving/administration/look-after";
import { progressOf } from "@/lib/giving/campaign/rules";
import { AdminTabs } from "../_components/admin-tabs";
import { requireAdministration } from "../_components/guard";

export const metadata: Metadata = { title: "Campaigns · Administration", robots: { index: false } };
export const dynamic = "force-dynamic";

const PAGE_SIZE = 25;

export default async function AdminCampaignsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { user } = await requireAdministration();
  const { cursor } = await searchParams;
  const after = typeof cursor === "string" ? cursor : undefined;
  const page = await pageOfAdminCampaigns(user.id, PAGE_SIZE, after);
  const mayCreate = user.roles.includes("campaign_admin");
  return (
    <Page>
      <PageHeader
        title="Campaigns"
        lead="All of them, drafts too. Yours can be changed here."
        crumbs={[{ href: "/admin", label: "Administration" }]}
        actions={
          mayCreate ? (
            <ButtonLink href="/admin/campaigns/new" variant="primary">
              New campaign
            </ButtonLink>
          ) : null
        }
      />
      <AdminTabs current="/admin/campaigns" operator={user.roles.includes("operator")} />
      {page.items.length === 0 ? (
        <EmptyState
          title="There is no campaign yet"
          action={mayCreate ? <ButtonLink href="/admin/campaigns/new">Write the first one</ButtonLink> : null}
        >
          A campaign begins as a draft that only campaign admins and operators see.
        </EmptyState>
      ) : (
        <Table caption="Campaigns, newest first">
          <thead>
            <tr>
              <Th>Campaign</Th>
              <Th>Status</Th>
              <Th>How far</Th>
              <Th numeric>Raised</Th>
              <Th numeric>Pending</Th>
              <Th numeric>Donors</Th>
            </tr>
          </thead>
          <tbody>
            {page.items.map(({ campaign, totals, mine }) => (
              <tr key={campaign.id}>
                <RowHeader className="min-w-48">
                  {mine ? (
                    <TextLink href={`/admin/campaigns/${campaign.id}`}>{campaign.title}</TextLink>
                  ) : (
                    campaign.title
                  )}
                  {mine ? null : (
                    <>
                      {" "}
                      <Badge>Somebody else’s</Badge>
                    </>
                  )}
                </RowHeader>
                <Td>
                  <CampaignBadge status={campaign.status} />
                </Td>
                <Td className="min-w-40">
                  <TotalBar totals={totals} thin />
                  <span className="figures text-xs text-muted">{progressOf(totals).percent} %</span>
                </Td>
                <Td numeric>
                  <Money amountMinor={totals.raisedMinor} currency={totals.currency} />
                </Td>
                <Td numeric>
                  <Money amountMinor={totals.pendingMinor} currency={totals.currency} />
                </Td>
                <Td numeric>{totals.donorCount.toLocaleString("en")}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <Pagination
        label="Campaigns"
        {...(after ? { firstHref: "/admin/campaigns" } : {})}
        {...(page.nextCursor ? { nextHref: `/admin/campaigns?cursor=${encodeURIComponent(page.nextCursor)}` } : {})}
      />
    </Page>
  );
}
