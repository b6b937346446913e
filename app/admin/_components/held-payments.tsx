import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/link";
import { Money } from "@/components/ui/money";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { PledgeRow } from "@/lib/giving/administration/schemas";

/** Risky payments: nothing is taken before somebody has decided, and the hold does not last for ever. */
export function HeldPayments({ pledges }: { readonly pledges: readonly PledgeRow[] }): ReactNode {
  return (
    <Panel title="Held for you" description="The money stays on the card until you release or refuse it.">
      <ul className="divide-y divide-line">
        {pledges.map((pledge) => (
          <li
            key={pledge.id}
            className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 py-2.5 first:pt-0 last:pb-0"
          >
            <TextLink href={`/admin/pledges/${pledge.id}`}>
              {pledge.donor?.name ?? pledge.donor?.email ?? "Unnamed"} to {pledge.campaignTitle}
            </TextLink>
            <span className="flex gap-4">
              <Money amountMinor={pledge.amountMinor} currency={pledge.currency} />
              <span className="text-sm text-muted">
                <Time at={pledge.createdAt} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
