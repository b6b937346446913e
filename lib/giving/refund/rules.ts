import { CURRENCIES, isCurrency } from "@/lib/kernel/money";

/** Why people give money back; the system has reasons of its own. */
export const REFUND_REASONS = ["requested_by_customer", "duplicate", "fraudulent"] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** So many times the least that can be given: 500 euros or dollars. */
const FOUR_EYES_TIMES = 1_000;

/** Above this, in minor units, a second person must approve a refund. */
export function fourEyesAbove(currency: string): number {
  return isCurrency(currency) ? CURRENCIES[currency].minimumMinor * FOUR_EYES_TIMES : 0;
}
