import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Page, PageHeader } from "@/components/ui/page";
import { requireUser } from "@/lib/access/session";
import { CampaignForm } from "../_components/campaign-form";
import { createCampaignAction } from "../actions";

export const metadata: Metadata = { title: "New campaign", robots: { index: false } };
export const dynamic = "force-dynamic";

const EMPTY = { title: "", slug: "", summary: "", story: "", goal: "", currency: "EUR", endsAt: "", coverImage: "" };

export default async function NewCampaignPage(): Promise<ReactNode> {
  await requireUser("campaign_admin");
  return (
    <Page>
      <PageHeader
        title="New campaign"
        lead="It begins as a draft: nobody but campaign admins and operators sees it until you publish it."
        crumbs={[
          { href: "/admin", label: "Administration" },
          { href: "/admin/campaigns", label: "Campaigns" },
        ]}
      />
      <CampaignForm values={EMPTY} action={createCampaignAction} />
    </Page>
  );
}
