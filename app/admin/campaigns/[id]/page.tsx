import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { z } from "zod";
import { CampaignBadge } from "@/components/giving/campaign-card";
import { TotalFigures } from "@/components/giving/total-bar";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { getCampaign } from "@/lib/giving/campaign/read-campaigns";
import type { CampaignWithTotals } from "@/lib/giving/campaign/schemas";
import { cancellationOf } from "@/lib/giving/refund/end-cancelled-campaigns";
import { AppError } from "@/lib/kernel/errors";
import { plainAmount } from "@/lib/kernel/money";
import { requireAdministration } from "../../_components/guard";
import { CancellationProgress } from "../_components/cancellation-progress";
import { CampaignEditor } from "../_components/campaign-editor";

export const metadata: Metadata = { title: "Edit campaign", robots: { index: false } };
export const dynamic = "force-dynamic";

export default async function EditCampaignPage({
  params,
  searchParams,
}: {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}): Promise<ReactNode> {
  const { db, user } = await requireAdministration();
  const [{ id }, { saved, made }] = await Promise.all([params, searchParams]);
  const { campaign, totals } = await load(db, id);
  // Others' campaigns can be looked at on their own pages; here is where they are changed.
  if (campaign.ownerId !== user.id && !user.roles.includes("operator")) notFound();
  const cancellation = campaign.status === "cancelled" ? await cancellationOf(user.id, campaign.id) : null;
  return (
    <Page>
      <PageHeader
        title={campaign.title}
        lead={<CampaignBadge status={campaign.status} />}
        crumbs={[
          { href: "/admin", label: "Administration" },
          { href: "/admin/campaigns", label: "Campaigns" },
        ]}
        actions={
          <>
            {campaign.status === "draft" ? null : (
              <ButtonLink href={`/campaigns/${campaign.slug}`}>Public page</ButtonLink>
            )}
            <ButtonLink href={`/admin/pledges?campaign=${campaign.id}`}>Pledges</ButtonLink>
          </>
        }
      />
      {saved ? <Alert tone="success">Saved. The public page is made anew.</Alert> : null}
      {made ? (
        <Alert tone="success" title="The draft is made">
          Read it through, then publish it below.
        </Alert>
      ) : null}
      {cancellation ? (
        <Panel title="What becomes of the gifts" description="The campaign was cancelled: nobody keeps anything of it.">
          <CancellationProgress initial={cancellation} userId={user.id} everything={user.roles.includes("operator")} />
        </Panel>
      ) : null}
      <CampaignEditor
        id={campaign.id}
        version={campaign.version}
        status={campaign.status}
        values={{
          id: campaign.id,
          version: campaign.version,
          title: campaign.title,
          slug: campaign.slug,
          summary: campaign.summary,
          story: campaign.story,
          goal: plainAmount(campaign.goalMinor, campaign.currency),
          currency: campaign.currency,
          endsAt: campaign.endsAt?.slice(0, 10) ?? "",
          coverImage: campaign.coverImage ?? "",
        }}
      >
        <Panel title="How far it is">
          <div data-half="giving">
            <TotalFigures totals={totals} />
          </div>
        </Panel>
      </CampaignEditor>
    </Page>
  );
}

async function load(db: Parameters<typeof getCampaign>[0], id: string): Promise<CampaignWithTotals> {
  if (!z.uuid().safeParse(id).success) notFound();
  try {
    return await getCampaign(db, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}
