import type { ReactNode } from "react";
import Link from "next/link";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { progressOf } from "@/lib/giving/campaign/rules";
import type { CampaignCard as Card, CampaignStatus } from "@/lib/giving/campaign/schemas";
import { formatMoney, formatRoundMoney } from "@/lib/kernel/money";
import { CampaignCover } from "./cover";
import { TotalBar } from "./total-bar";

const WORDS: Readonly<Record<CampaignStatus, { readonly label: string; readonly tone: BadgeTone }>> = {
  draft: { label: "Draft", tone: "neutral" },
  active: { label: "Open", tone: "success" },
  paused: { label: "Paused", tone: "warning" },
  completed: { label: "Completed", tone: "info" },
  cancelled: { label: "Cancelled", tone: "neutral" },
};

export function CampaignBadge({ status }: { readonly status: CampaignStatus }): ReactNode {
  return <Badge tone={WORDS[status].tone}>{WORDS[status].label}</Badge>;
}

/** A campaign in a list: who needs what, how far. The whole card is one link. */
export function CampaignCard({ item: { campaign, totals } }: { readonly item: Card }): ReactNode {
  const { percent } = progressOf(totals);
  return (
    <article className="group relative flex h-full flex-col overflow-clip rounded-surface border border-line bg-surface transition-colors hover:border-control">
      <CampaignCover campaign={campaign} className="border-b border-line" />
      <div className="flex flex-1 flex-col gap-3 p-4">
        <div className="flex flex-1 flex-col gap-1.5">
          {campaign.status === "active" ? null : (
            <p>
              <CampaignBadge status={campaign.status} />
            </p>
          )}
          <h2 className="text-base leading-snug font-semibold">
            <Link
              href={`/campaigns/${campaign.slug}`}
              className="after:absolute after:inset-0 group-hover:underline group-hover:underline-offset-3"
            >
              {campaign.title}
            </Link>
          </h2>
          <p className="line-clamp-3 text-sm text-muted">{campaign.summary}</p>
        </div>
        <div className="flex flex-col gap-2">
          <TotalBar totals={totals} thin />
          <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
            <span className="figures">
              <span className="font-semibold">{formatMoney(totals.raisedMinor, totals.currency)}</span>{" "}
              <span className="text-muted">of {formatRoundMoney(totals.goalMinor, totals.currency)}</span>
            </span>
            <span className="figures text-muted">{percent} %</span>
          </p>
        </div>
      </div>
    </article>
  );
}
