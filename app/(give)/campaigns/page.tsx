import type { Metadata } from "next";
import type { ReactNode } from "react";
import { CampaignCard } from "@/components/giving/campaign-card";
import { Button, ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { Page, PageHeader } from "@/components/ui/page";
import { Pagination } from "@/components/ui/pagination";
import { TabLinks } from "@/components/ui/tab-links";
import { pageOfCampaigns } from "@/lib/giving/campaign/read-campaigns";
import type { CampaignPage } from "@/lib/giving/campaign/schemas";
import { AppError } from "@/lib/kernel/errors";
import { bearerClient } from "@/lib/platform/supabase/server";

export const metadata: Metadata = {
  title: "Campaigns",
  description: "Campaigns on CareForAll: who needs what, how far each has come, and what is certain.",
};

const PAGE_SIZE = 12;
const TABS = [
  { status: "active", label: "Open" },
  { status: "completed", label: "Completed" },
  { status: undefined, label: "All" },
] as const;

type Search = Readonly<Record<string, string | string[] | undefined>>;

export default async function CampaignsPage({
  searchParams,
}: {
  readonly searchParams: Promise<Search>;
}): Promise<ReactNode> {
  const search = await searchParams;
  const query = textOf(search, "q").slice(0, 200);
  const tab = TABS.find(({ status }) => (status ?? "all") === (textOf(search, "status") || "active")) ?? TABS[0];
  const cursor = textOf(search, "cursor") || undefined;
  const page = await load({ status: tab.status, query, cursor });
  return (
    <Page>
      <PageHeader title="Campaigns" lead="Who needs what, how far each has come, and how much of it is certain." />
      <div className="flex flex-col gap-6">
        <form action="/campaigns" role="search" className="flex flex-wrap items-end gap-2">
          <Input
            key={query}
            name="q"
            type="search"
            label="Search campaigns"
            defaultValue={query}
            optional
            maxLength={200}
            className="min-w-0 flex-1 basis-64 sm:max-w-form"
          />
          {tab.status === "active" ? null : <input type="hidden" name="status" value={tab.status ?? "all"} />}
          <Button type="submit" variant="secondary">
            Search
          </Button>
        </form>
        <TabLinks
          label="Which campaigns"
          current={addressOf(tab.status, query)}
          items={TABS.map(({ status, label }) => ({ href: addressOf(status, query), label }))}
        />
        <CampaignGrid
          page={page}
          query={query}
          tabAddress={addressOf(tab.status, query)}
          paged={cursor !== undefined}
        />
      </div>
    </Page>
  );
}

function CampaignGrid({
  page,
  query,
  tabAddress,
  paged,
}: {
  readonly page: CampaignPage;
  readonly query: string;
  readonly tabAddress: string;
  readonly paged: boolean;
}): ReactNode {
  if (page.items.length === 0) {
    return query ? (
      <EmptyState
        title={`Nothing was found for “${query}”`}
        action={<ButtonLink href="/campaigns">See all open campaigns</ButtonLink>}
      >
        Try fewer words, or look among all campaigns.
      </EmptyState>
    ) : (
      <EmptyState
        title="No campaign is here"
        action={<ButtonLink href="/campaigns?status=all">See all campaigns</ButtonLink>}
      >
        As soon as one opens it stands here, with what has been raised and what is still pending counted apart.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="grid gap-5 sm:grid-cols-2 lg:grid-cols-3">
        {page.items.map((item) => (
          <li key={item.campaign.id}>
            <CampaignCard item={item} />
          </li>
        ))}
      </ul>
      <Pagination
        label="Campaigns"
        {...(paged ? { firstHref: tabAddress } : {})}
        {...(page.nextCursor ? { nextHref: withParameter(tabAddress, "cursor", page.nextCursor) } : {})}
      />
    </>
  );
}

/** Drafts are nobody's business here, so only what anybody may see is asked for: as nobody. */
async function load(request: {
  readonly status: "active" | "completed" | undefined;
  readonly query: string;
  readonly cursor: string | undefined;
}): Promise<CampaignPage> {
  const db = bearerClient();
  try {
    return await pageOfCampaigns(db, { ...request, limit: PAGE_SIZE });
  } catch (error) {
    // An address that somebody shortened or kept for long: the first page is better than an error.
    if (!(error instanceof AppError) || error.code !== "invalid_request") throw error;
    return pageOfCampaigns(db, { ...request, cursor: undefined, limit: PAGE_SIZE });
  }
}

function textOf(search: Search, name: string): string {
  const value = search[name];
  return typeof value === "string" ? value.trim() : "";
}

function addressOf(status: string | undefined, query: string): string {
  const parameters = new URLSearchParams();
  if (status !== "active") parameters.set("status", status ?? "all");
  if (query) parameters.set("q", query);
  return parameters.size > 0 ? `/campaigns?${parameters.toString()}` : "/campaigns";
}

function withParameter(address: string, name: string, value: string): string {
  return `${address}${address.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;
}
