import type { ReactNode } from "react";
import { Time } from "@/components/ui/time";
import { progressOf } from "@/lib/giving/campaign/rules";
import type { Totals } from "@/lib/giving/totals/schemas";
import { formatMoney, formatRoundMoney } from "@/lib/kernel/money";

/** In words, for those who do not see the bar. */
function spoken(totals: Totals): string {
  const pending =
    totals.pendingMinor > 0 ? ` ${formatMoney(totals.pendingMinor, totals.currency)} more is pending.` : "";
  return `${formatMoney(totals.raisedMinor, totals.currency)} raised of ${formatRoundMoney(totals.goalMinor, totals.currency)}, ${progressOf(totals).percent} percent.${pending}`;
}

/** Raised is solid, pending is hatched: told apart without colour. */
export function TotalBar({ totals, thin }: { readonly totals: Totals; readonly thin?: boolean }): ReactNode {
  const { raised, pending } = progressOf(totals);
  return (
    <div
      role="img"
      aria-label={spoken(totals)}
      className={`flex overflow-hidden rounded-full border border-control bg-sunk ${thin ? "h-2" : "h-3.5"}`}
    >
      <span
        className="h-full bg-accent transition-[width] duration-200 ease-settle"
        style={{ width: `${raised * 100}%`, minWidth: raised > 0 ? 3 : 0 }}
      />
      <span
        className="h-full transition-[width] duration-200 ease-settle"
        style={{
          width: `${pending * 100}%`,
          minWidth: pending > 0 ? 3 : 0,
          backgroundImage:
            "repeating-linear-gradient(135deg, var(--color-giving) 0 2px, var(--color-giving-wash) 2px 6px)",
        }}
      />
    </div>
  );
}

/** How far a campaign is, what of it is certain, and when that was worked out. */
export function TotalFigures({ totals }: { readonly totals: Totals }): ReactNode {
  const { percent } = progressOf(totals);
  const { currency } = totals;
  return (
    <div className="flex flex-col gap-3">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <data
          value={`${totals.raisedMinor} ${currency}`}
          className="figures text-2xl font-semibold tracking-tight whitespace-nowrap"
          data-testid="raised"
        >
          {formatMoney(totals.raisedMinor, currency)}
        </data>
        <span className="text-muted">
          raised of <span className="figures whitespace-nowrap">{formatRoundMoney(totals.goalMinor, currency)}</span>
        </span>
      </p>
      <TotalBar totals={totals} />
      <dl className="grid grid-cols-3 gap-x-4 gap-y-2">
        <Fact term="Of the goal">{percent} %</Fact>
        <Fact term="Pending">{formatMoney(totals.pendingMinor, currency)}</Fact>
        <Fact term={totals.donorCount === 1 ? "Donor" : "Donors"}>{totals.donorCount.toLocaleString("en")}</Fact>
      </dl>
      <p className="text-xs text-muted">
        Raised is money taken from cards, less refunds. Pending is promised or held, not yet taken.{" "}
        {totals.stale ? (
          <strong className="font-medium text-warning">
            Our books are out of reach; these are the last known figures.{" "}
          </strong>
        ) : null}
        Worked out <Time at={totals.asOf} />.
      </p>
      {totals.disputedMinor > 0 ? (
        <p className="text-xs text-muted">
          {formatMoney(totals.disputedMinor, currency)} of it is in open disputes with card holders’ banks.
        </p>
      ) : null}
    </div>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="flex flex-col-reverse justify-end">
      <dd className="figures font-semibold">{children}</dd>
      <dt className="text-xs text-muted">{term}</dt>
    </div>
  );
}
