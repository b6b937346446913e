"use client";

import { useCallback, useState, type ReactNode } from "react";
import Link from "next/link";
import { TotalFigures } from "@/components/giving/total-bar";
import type { CampaignCard } from "@/lib/giving/campaign/schemas";
import type { Totals } from "@/lib/giving/totals/schemas";
import { useChannel } from "@/lib/platform/realtime/use-channel";

interface CampaignSampleProps {
  readonly item: CampaignCard;
  /** Its cover, drawn by the server: the drawings are not needed in the browser. */
  readonly cover: ReactNode;
}

/** A real campaign with its real total, which moves while one looks. */
export function CampaignSample({ item, cover }: CampaignSampleProps): ReactNode {
  const { campaign } = item;
  const [totals, setTotals] = useState(item.totals);
  const fetchSnapshot = useCallback(
    async (signal: AbortSignal): Promise<Totals> => {
      const response = await fetch(`/api/v1/campaigns/${campaign.id}/totals`, {
        headers: { accept: "application/json" },
        signal,
      });
      if (!response.ok) throw new Error(`the totals could not be read (${response.status})`);
      // The schemas are larger than this page: they come when there is something to check.
      const { totalsSchema } = await import("@/lib/giving/totals/schemas");
      return totalsSchema.parse(await response.json());
    },
    [campaign.id],
  );
  useChannel({
    channel: "campaign",
    id: campaign.id,
    fetchSnapshot,
    versionOf: (snapshot: Totals) => snapshot.version,
    onSnapshot: (snapshot: Totals) => setTotals((before) => (snapshot.version >= before.version ? snapshot : before)),
  });
  return (
    <figure className="flex flex-col gap-5">
      <figcaption className="border-b border-line pb-3">
        <span className="block font-semibold">A real one, as it stands now</span>
        <Link
          href={`/campaigns/${campaign.slug}`}
          className="block text-xs text-muted underline decoration-line underline-offset-3 hover:text-ink hover:decoration-current"
        >
          {campaign.title}
        </Link>
      </figcaption>
      <div className="overflow-clip rounded-surface border border-line">{cover}</div>
      <TotalFigures totals={totals} />
    </figure>
  );
}
