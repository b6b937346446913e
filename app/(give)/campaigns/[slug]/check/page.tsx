import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { prerenderedCampaign } from "@/app/_http/prerendered-campaign";
import { CheckedLine } from "@/components/giving/checked-line";
import { Money } from "@/components/ui/money";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { slugSchema } from "@/lib/giving/campaign/schemas";
import { GiftCheck } from "./_components/gift-check";

// Made on request: who looks up a gift types its key here, and only such a page's policy lets no inline script through.
export const dynamic = "force-dynamic";

type Props = { readonly params: Promise<{ readonly slug: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const found = await load((await params).slug);
  if (!found) return { title: "There is nothing at this address" };
  const { title, slug } = found.campaign;
  return {
    title: `How the total is made · ${title}`,
    description: `How the total of “${title}” is made, when it was checked against the payment provider, and whether your own gift is in it.`,
    alternates: { canonical: `/campaigns/${slug}/check` },
  };
}

/** How a campaign's total is made, when it was checked, and whether one's own gift is in it. */
export default async function CampaignCheckPage({ params }: Props): Promise<ReactNode> {
  const found = await load((await params).slug);
  if (!found) notFound();
  const { campaign, totals, checked } = found;
  const { currency } = totals;
  return (
    <Page>
      <PageHeader
        title="How the total is made"
        lead={campaign.title}
        crumbs={[
          { href: "/campaigns", label: "Campaigns" },
          { href: `/campaigns/${campaign.slug}`, label: campaign.title },
        ]}
      />
      <Panel title="The figures">
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[14rem_1fr]">
          <Figure term="Raised" amountMinor={totals.raisedMinor} currency={currency}>
            Money that was taken from cards, less what went back to donors.
          </Figure>
          <Figure term="Promised" amountMinor={totals.pendingMinor} currency={currency}>
            Pledged or held on a card, and not taken yet. It is not part of what is raised.
          </Figure>
          <Figure term="Given back" amountMinor={totals.refundedMinor} currency={currency}>
            Refunded to donors; it no longer counts as raised.
          </Figure>
          <Figure term="In dispute" amountMinor={totals.disputedMinor} currency={currency}>
            A donor’s bank questions it. It counts until the bank has decided against the campaign.
          </Figure>
        </dl>
      </Panel>
      <Panel title="What is done so that it is right">
        <div className="flex max-w-measure flex-col gap-3">
          <p>
            Each gift is a row in a ledger of two sides that cannot be changed, only added to. The total is the sum of
            that ledger; nobody types it. What donors add to cover the fees is kept apart and is not in it.
          </p>
          <p>
            Each night, and after each payout, every payment, refund and dispute is compared with what the payment
            provider says of it, one by one.
          </p>
          <CheckedLine slug={campaign.slug} checked={checked} />
        </div>
      </Panel>
      <Panel title="Is your gift in it?" description="With the link from your mail, or signed in.">
        <GiftCheck campaignId={campaign.id} />
      </Panel>
    </Page>
  );
}

function Figure({
  term,
  amountMinor,
  currency,
  children,
}: {
  readonly term: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="contents">
      <dt className="font-medium">
        {term}: <Money amountMinor={amountMinor} currency={currency} />
      </dt>
      <dd className="text-muted max-sm:mb-2">{children}</dd>
    </div>
  );
}

async function load(slug: string) {
  return slugSchema.safeParse(slug).success ? prerenderedCampaign(slug) : null;
}
