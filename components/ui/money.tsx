import type { ReactNode } from "react";
import { formatMoney } from "@/lib/kernel/money";

/** An amount with its currency, digits in line with those above and below. */
export function Money({
  amountMinor,
  currency,
}: {
  readonly amountMinor: number;
  readonly currency: string;
}): ReactNode {
  return (
    <data value={`${amountMinor} ${currency}`} className="figures whitespace-nowrap">
      {formatMoney(amountMinor, currency)}
    </data>
  );
}
