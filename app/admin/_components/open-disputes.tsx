import type { ReactNode } from "react";
import { DisputeBadge } from "@/components/giving/dispute-badge";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { DisputeRow } from "@/lib/giving/dispute/schemas";

/** Disputes that a bank has not decided yet: those that want an answer say until when. */
export function OpenDisputes({
  disputes,
  more,
}: {
  readonly disputes: readonly DisputeRow[];
  readonly more: boolean;
}): ReactNode {
  return (
    <Panel
      title="Open disputes"
      description="A donor’s bank wants money back. Without an answer in time it keeps it."
      aside={more ? <TextLink href="/admin/pledges?needs=answer">All that want an answer</TextLink> : null}
    >
      <ul className="divide-y divide-line">
        {disputes.map((dispute) => (
          <li
            key={dispute.id}
            className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 py-2.5 first:pt-0 last:pb-0"
          >
            <TextLink href={`/admin/disputes/${dispute.id}`}>
              {dispute.donorName ?? "Unnamed"} to {dispute.campaignTitle}
            </TextLink>
            <span className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
              <DisputeBadge status={dispute.status} />
              <Money amountMinor={dispute.amountMinor} currency={dispute.currency} />
              <span className="text-sm text-muted">
                {dispute.closedWords === null && dispute.evidenceDueBy ? (
                  <>
                    due <Time at={dispute.evidenceDueBy} />
                  </>
                ) : (
                  <>
                    since <Time at={dispute.createdAt} />
                  </>
                )}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
