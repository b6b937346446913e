"use client";

import { useCallback, useState, type ReactNode } from "react";
import { z } from "zod";
import { Alert } from "@/components/ui/alert";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Progress } from "@/components/ui/progress";
import { failedRefundWords } from "@/lib/giving/refund/rules";
import { cancellationSchema, type Cancellation } from "@/lib/giving/refund/schemas";
import { formatMoney } from "@/lib/kernel/money";
import { useChannel } from "@/lib/platform/realtime/use-channel";

const answerSchema = z.object({ cancellation: cancellationSchema.nullable() });

/** How far the ending of a cancelled campaign is, kept up to date: over the channel of those who look after giving, else by asking. */
export function CancellationProgress({
  initial,
  userId,
  everything,
}: {
  readonly initial: Cancellation;
  readonly userId: string;
  /** Hears of every campaign, as operators do; else of one's own. */
  readonly everything: boolean;
}): ReactNode {
  const [now, setNow] = useState(initial);
  const { campaignId } = initial;
  const fetchSnapshot = useCallback(
    async (signal: AbortSignal): Promise<Cancellation | null> => {
      const response = await fetch(`/api/v1/admin/campaigns/${campaignId}/cancellation`, {
        headers: { accept: "application/json" },
        signal,
      });
      if (!response.ok) throw new Error(`the progress could not be read (${response.status})`);
      return answerSchema.parse(await response.json()).cancellation;
    },
    [campaignId],
  );
  const take = useCallback((snapshot: Cancellation | null) => {
    if (snapshot) setNow(snapshot);
  }, []);
  const live = useChannel({
    channel: everything ? "giving" : "ownGiving",
    id: everything ? "all" : userId,
    fetchSnapshot,
    // Counts have no number of their own: whatever comes last is the newest.
    versionOf: () => ({}),
    onSnapshot: take,
    onMessage: () => void fetchSnapshot(AbortSignal.timeout(10_000)).then(take, () => undefined),
  });
  const { holds, gifts, currency } = now;
  const isOver = holds.ended === holds.total && gifts.returned + gifts.failed === gifts.total;
  return (
    <div className="flex flex-col gap-5" data-testid="cancellation">
      <p role="status">{words(now, isOver)}</p>
      {holds.total > 0 ? (
        <Progress
          id="holds-ended"
          label="Promises and holds let go"
          value={holds.ended / holds.total}
          text={`${holds.ended.toLocaleString("en")} of ${holds.total.toLocaleString("en")}`}
        />
      ) : null}
      {gifts.total > 0 ? (
        <Progress
          id="gifts-returned"
          label="Gifts returned"
          value={gifts.returned / gifts.total}
          text={`${gifts.returned.toLocaleString("en")} of ${gifts.total.toLocaleString("en")}, ${formatMoney(gifts.returnedMinor, currency)} of ${formatMoney(gifts.totalMinor, currency)}`}
        />
      ) : null}
      <Failures now={now} />
      {!isOver && (live === "polling" || live === "reconnecting") ? (
        <p className="text-xs text-muted">The live connection is away; this asks every few seconds instead.</p>
      ) : null}
    </div>
  );
}

function words({ holds, gifts }: Cancellation, isOver: boolean): string {
  if (holds.total === 0 && gifts.total === 0) return "Nobody had given. There is nothing to return.";
  if (!isOver) return "Holds are let go and gifts go back by themselves, also when nobody has this page open.";
  if (gifts.failed > 0) return "All that could be done by itself is done. What is named below wants you.";
  return "All is done: every hold is let go, and every gift is on its way to who gave it.";
}

function Failures({ now: { gifts, failures, currency, campaignId } }: { readonly now: Cancellation }): ReactNode {
  if (gifts.failed === 0) return null;
  return (
    <Alert
      tone="danger"
      title={gifts.failed === 1 ? "One gift could not be returned" : `${gifts.failed} gifts could not be returned`}
    >
      <ul className="divide-y divide-line">
        {failures.map((failure) => (
          <li key={failure.pledgeId} className="flex flex-col py-2">
            <span className="flex flex-wrap justify-between gap-x-4">
              <TextLink href={`/admin/pledges/${failure.pledgeId}`}>{failure.donorName ?? failure.donorEmail}</TextLink>
              <Money amountMinor={failure.amountMinor} currency={currency} />
            </span>
            <span className="text-sm">{failedRefundWords(failure.failureReason).why}</span>
          </li>
        ))}
      </ul>
      {failures.length < gifts.failed ? (
        <TextLink href={`/admin/pledges?campaign=${campaignId}&needs=refund`}>All of them</TextLink>
      ) : null}
    </Alert>
  );
}
