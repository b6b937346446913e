"use client";

import { useSyncExternalStore, type ReactNode } from "react";
import { AmountChoice } from "@/components/giving/amount-choice";
import { Button } from "@/components/ui/button";
import { isOpen } from "@/lib/giving/campaign/rules";
import type { CampaignStatus } from "@/lib/giving/campaign/schemas";

const CLOSED: Readonly<Record<CampaignStatus, string>> = {
  draft: "This campaign is not open yet.",
  active: "This campaign has ended. Thank you to everybody who gave.",
  paused: "This campaign is paused at present. Gifts made so far stand; new ones are not taken.",
  completed: "This campaign is completed. Thank you to everybody who gave.",
  cancelled: "This campaign was cancelled. Gifts that were taken are returned.",
};

const never = (): (() => void) => () => {};

/**
 * How much, then on to the card: a plain form that works without JavaScript. Sending it loads the payment page whole,
 * which alone may load Stripe's script.
 */
export function GiveStart({
  campaign,
}: {
  readonly campaign: {
    readonly slug: string;
    readonly status: CampaignStatus;
    readonly currency: string;
    readonly endsAt: string | null;
  };
}): ReactNode {
  // The page was made some time ago; whether the time is over is seen here.
  const now = useSyncExternalStore(never, startOfMinute, () => 0);
  if (!isOpen(campaign, now)) return <p className="border-t border-line pt-4 text-muted">{CLOSED[campaign.status]}</p>;
  return (
    <form action={`/campaigns/${campaign.slug}/give`} className="flex flex-col gap-4 border-t border-line pt-4">
      <AmountChoice currency={campaign.currency} />
      <Button type="submit" variant="primary" size="large" className="w-full">
        Give
      </Button>
      <p className="text-xs text-muted">By card, without an account. You see each step of your money.</p>
    </form>
  );
}

function startOfMinute(): number {
  return Math.floor(Date.now() / 60_000) * 60_000;
}
