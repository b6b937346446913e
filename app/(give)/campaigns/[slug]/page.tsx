import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { prerenderedCampaign, type PrerenderedCampaign } from "@/app/_http/prerendered-campaign";
import { CampaignBadge } from "@/components/giving/campaign-card";
import { CheckedLine } from "@/components/giving/checked-line";
import { CampaignCover } from "@/components/giving/cover";
import { Story } from "@/components/giving/story";
import { Page } from "@/components/ui/page";
import { TextLink } from "@/components/ui/link";
import { Time } from "@/components/ui/time";
import { slugSchema } from "@/lib/giving/campaign/schemas";
import { LiveCampaign } from "./_components/live-campaign";
import { Share } from "./_components/share";

// Made at the first request, kept for all, made anew when the campaign changes (app/_http/next-cache.ts).
export const revalidate = 60;
export const dynamicParams = true;

export function generateStaticParams(): { slug: string }[] {
  return [];
}

type Props = { readonly params: Promise<{ readonly slug: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const found = await load((await params).slug);
  if (!found) return { title: "There is nothing at this address" };
  const { title, summary, slug } = found.campaign;
  return {
    title,
    description: summary,
    alternates: { canonical: `/campaigns/${slug}` },
    openGraph: { title, description: summary, type: "article" },
  };
}

export default async function CampaignPage({ params }: Props): Promise<ReactNode> {
  const found = await load((await params).slug);
  if (!found) notFound();
  const { campaign, totals, donations, checked } = found;
  return (
    <Page>
      <header className="flex flex-col gap-3">
        <p className="text-xs text-muted">
          <TextLink href="/campaigns">All campaigns</TextLink>
        </p>
        <h1 className="max-w-[28ch] text-2xl sm:text-3xl">{campaign.title}</h1>
        <p className="max-w-measure text-base text-muted">{campaign.summary}</p>
      </header>
      {/* What is left of the right column's height goes to the story's row: the picture's is as high as the picture. */}
      <div className="grid items-start gap-x-10 gap-y-8 lg:grid-cols-[7fr_5fr] lg:grid-rows-[auto_1fr]">
        <div className="overflow-clip rounded-surface border border-line max-lg:order-1 lg:col-start-1 lg:row-start-1">
          <CampaignCover campaign={campaign} />
        </div>
        {/* On a narrow screen its two parts stand apart: figures and form before the story, gifts after it. */}
        <aside
          aria-label="How far it is, and giving"
          className="max-lg:contents lg:sticky lg:top-6 lg:col-start-2 lg:row-span-2 lg:row-start-1"
        >
          <LiveCampaign
            campaign={{
              id: campaign.id,
              slug: campaign.slug,
              title: campaign.title,
              status: campaign.status,
              currency: campaign.currency,
              endsAt: campaign.endsAt,
            }}
            totals={totals}
            donations={donations}
          />
        </aside>
        <article className="flex flex-col gap-6 max-lg:order-3 lg:col-start-1">
          <Story story={campaign.story} />
          <footer className="flex flex-col gap-4 border-t border-line pt-5">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
              <CampaignBadge status={campaign.status} />
              {campaign.publishedAt ? (
                <span>
                  Opened <Time at={campaign.publishedAt} />
                </span>
              ) : null}
              {campaign.endsAt ? (
                <span>
                  Ends <Time at={campaign.endsAt} />
                </span>
              ) : null}
            </p>
            <CheckedLine slug={campaign.slug} checked={checked} />
            <Share title={campaign.title} />
          </footer>
        </article>
      </div>
    </Page>
  );
}

async function load(slug: string): Promise<PrerenderedCampaign | null> {
  return slugSchema.safeParse(slug).success ? prerenderedCampaign(slug) : null;
}
