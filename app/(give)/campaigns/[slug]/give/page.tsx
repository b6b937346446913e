import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { CampaignCover } from "@/components/giving/cover";
import { TotalBar } from "@/components/giving/total-bar";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link";
import { Page } from "@/components/ui/page";
import { currentUser } from "@/lib/access/session";
import { serverEnv } from "@/lib/env/server";
import { getCampaign } from "@/lib/giving/campaign/read-campaigns";
import { isOpen } from "@/lib/giving/campaign/rules";
import { slugSchema, type CampaignWithTotals } from "@/lib/giving/campaign/schemas";
import { AppError } from "@/lib/kernel/errors";
import { isCurrency } from "@/lib/kernel/money";
import { bearerClient } from "@/lib/platform/supabase/server";
import { DonateForm } from "./_components/donate-form";

// Rendered at each request: only such a page bears a nonce, and only this one may load Stripe's script.
export const dynamic = "force-dynamic";

type Props = {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const found = await load((await params).slug);
  return {
    title: found ? `Give to ${found.campaign.title}` : "There is nothing at this address",
    robots: { index: false },
  };
}

export default async function GivePage({ params, searchParams }: Props): Promise<ReactNode> {
  const [{ slug }, { amount }] = await Promise.all([params, searchParams]);
  const [found, user] = await Promise.all([load(slug), currentUser()]);
  if (!found) notFound();
  const { campaign, totals } = found;
  const env = serverEnv();
  if (!found.open) {
    return (
      <Page width="form">
        <EmptyState
          title={`${campaign.title} takes no gifts at present`}
          action={<ButtonLink href={`/campaigns/${campaign.slug}`}>Back to the campaign</ButtonLink>}
        >
          Nothing was charged.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page width="form">
      <header className="flex flex-col gap-4">
        <p className="text-xs text-muted">
          <TextLink href={`/campaigns/${campaign.slug}`}>Back to the campaign</TextLink>
        </p>
        <div className="flex items-center gap-4">
          <div className="w-24 shrink-0 overflow-clip rounded-control border border-line">
            <CampaignCover campaign={campaign} />
          </div>
          <div className="flex min-w-0 flex-1 flex-col gap-2">
            <h1 className="text-lg leading-snug">Give to {campaign.title}</h1>
            <TotalBar totals={totals} thin />
          </div>
        </div>
      </header>
      <noscript>
        <Alert tone="warning" title="Giving needs JavaScript">
          Your card’s number goes straight to our payment provider, whose form is a script. Switch JavaScript on for
          this page, and it works.
        </Alert>
      </noscript>
      <DonateForm
        campaign={{ id: campaign.id, slug: campaign.slug, title: campaign.title, currency: campaign.currency }}
        typedAmount={typeof amount === "string" ? amount.slice(0, 20) : undefined}
        donor={user ? { name: user.displayName, email: user.email } : null}
        stripe={{ scriptUrl: env.STRIPE_JS_URL, publishableKey: env.STRIPE_PUBLISHABLE_KEY }}
        origin={env.APP_URL}
      />
    </Page>
  );
}

/** What anybody may see: gifts to a draft are not taken. */
async function load(slug: string): Promise<(CampaignWithTotals & { readonly open: boolean }) | null> {
  if (!slugSchema.safeParse(slug).success) return null;
  try {
    const found = await getCampaign(bearerClient(), slug);
    return { ...found, open: isOpen(found.campaign, Date.now()) && isCurrency(found.campaign.currency) };
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
}
