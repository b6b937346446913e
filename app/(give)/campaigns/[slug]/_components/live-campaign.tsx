"use client";

import { useCallback, useState, type ReactNode } from "react";
import { z } from "zod";
import { DonationList } from "@/components/giving/donation-list";
import { TotalFigures } from "@/components/giving/total-bar";
import { publicDonationSchema, type CampaignStatus, type PublicDonation } from "@/lib/giving/campaign/schemas";
import { totalsSchema, type Totals } from "@/lib/giving/totals/schemas";
import { formatMoney } from "@/lib/kernel/money";
import { useChannel } from "@/lib/platform/realtime/use-channel";
import { GiveStart } from "./give-start";

interface LiveCampaignProps {
  readonly campaign: {
    readonly id: string;
    readonly slug: string;
    readonly title: string;
    readonly status: CampaignStatus;
    readonly currency: string;
    readonly endsAt: string | null;
  };
  readonly totals: Totals;
  readonly donations: readonly PublicDonation[];
}

interface Snapshot {
  readonly totals: Totals;
  readonly donations: readonly PublicDonation[];
}

const donationsSchema = z.object({ items: z.array(publicDonationSchema) });

/** The totals and the last gifts, kept up to date; the page came with what was true when it was made. */
export function LiveCampaign({ campaign, totals, donations }: LiveCampaignProps): ReactNode {
  const [shown, setShown] = useState<Snapshot>({ totals, donations });
  const fetchSnapshot = useCallback(
    async (signal: AbortSignal): Promise<Snapshot> => {
      const read = async (path: string): Promise<unknown> => {
        const response = await fetch(`/api/v1/campaigns/${campaign.id}/${path}`, {
          headers: { accept: "application/json" },
          signal,
        });
        if (!response.ok) throw new Error(`${path} could not be read (${response.status})`);
        return response.json();
      };
      const [now, last] = await Promise.all([read("totals"), read("donations?limit=8")]);
      return { totals: totalsSchema.parse(now), donations: donationsSchema.parse(last).items };
    },
    [campaign.id],
  );
  const live = useChannel({
    channel: "campaign",
    id: campaign.id,
    fetchSnapshot,
    versionOf: (snapshot: Snapshot) => snapshot.totals.version,
    onSnapshot: (snapshot: Snapshot) =>
      setShown((before) => (snapshot.totals.version >= before.totals.version ? snapshot : before)),
  });
  return (
    <div className="max-lg:contents lg:flex lg:flex-col lg:gap-6">
      <section
        aria-label="How far it is"
        className="flex flex-col gap-4 rounded-surface border border-line bg-surface p-5 max-lg:order-2"
      >
        <TotalFigures totals={shown.totals} />
        {/* One quiet live region: what changed is read out, the figures around it are not. */}
        <p role="status" className="sr-only">
          {shown.totals.version > totals.version
            ? `Now ${formatMoney(shown.totals.raisedMinor, shown.totals.currency)} raised.`
            : ""}
        </p>
        {live === "polling" || live === "reconnecting" ? (
          <p className="text-xs text-muted">The live connection is away; this page asks every few seconds instead.</p>
        ) : null}
        <GiveStart campaign={campaign} />
      </section>
      <section aria-labelledby="recent-gifts" className="flex flex-col gap-4 max-lg:order-4">
        <h2 id="recent-gifts" className="text-base">
          Recent gifts
        </h2>
        <DonationList donations={shown.donations} />
      </section>
    </div>
  );
}
