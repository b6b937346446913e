import type { ReactNode } from "react";
import { Avatar } from "@/components/ui/avatar";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import type { PublicDonation } from "@/lib/giving/campaign/schemas";

/** Recent gifts, newest first. An anonymous one has neither name nor message: the server never sends them. */
export function DonationList({ donations }: { readonly donations: readonly PublicDonation[] }): ReactNode {
  if (donations.length === 0)
    return <p className="text-muted">No gift has been taken yet. The first one stands here.</p>;
  return (
    <ul className="divide-y divide-line">
      {donations.map((donation) => (
        <li key={donation.pledgeId} className="flex gap-3 py-3 first:pt-0 last:pb-0">
          <Avatar name={donation.name ?? "?"} />
          <div className="min-w-0 flex-1">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="min-w-0 font-medium wrap-anywhere">{donation.name ?? "Anonymous"}</span>
              <span className="font-semibold">
                <Money amountMinor={donation.amountMinor} currency={donation.currency} />
              </span>
            </div>
            {donation.message ? <p className="wrap-anywhere text-muted">{donation.message}</p> : null}
            <p className="text-xs text-muted">
              <Time at={donation.at} focusable={false} />
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
