import "server-only";
import type { Stripe } from "stripe";
import { listBalanceTransactions } from "@/lib/platform/stripe/lists";
import { idOf, isoOf } from "./compare-intents";
import type { Findings } from "./findings";
import type { Place } from "./pages-ahead";
import { judgeMovement } from "./rules";
import type { OurPayment } from "./schemas";
import { bookFees, readMoneyBack, readPayments } from "./store";

/** What moves the balance for a gift; payouts, adjustments of the account and fees of their own are nobody's gift. */
const OF_A_CHARGE = new Set(["charge", "payment"]);
const OF_A_REFUND = new Set(["refund", "payment_refund"]);

/**
 * Compares a page of what moved the provider's balance with our rows, and books the provider's fee of each charge, which
 * no event tells. @returns where the next page begins, null at the end
 */
export async function compareBalance({ window, after, pages }: Place, findings: Findings): Promise<string | null> {
  const { items, next } = await pages.page(listBalanceTransactions, window, after);
  const sources = (types: ReadonlySet<string>) =>
    items.flatMap(({ type, source }) => (types.has(type) ? (idOf(source) ?? []) : []));
  const [payments, refunds] = await Promise.all([
    readPayments({ charges: sources(OF_A_CHARGE) }),
    readMoneyBack({ refunds: sources(OF_A_REFUND) }),
  ]);
  const fees: { paymentId: string; feeMinor: number }[] = [];
  for (const entry of items) {
    const source = idOf(entry.source);
    if (OF_A_CHARGE.has(entry.type)) {
      const payment = payments.find(({ chargeId }) => chargeId === source);
      compareMovement(entry, payment && { ...payment, amountMinor: payment.capturedMinor }, findings);
      if (payment && bookable(entry, payment)) fees.push({ paymentId: payment.paymentId, feeMinor: entry.fee });
    } else if (OF_A_REFUND.has(entry.type)) {
      const refund = refunds.find(({ objectId }) => objectId === source);
      compareMovement(entry, refund && { ...refund, amountMinor: -refund.amountMinor }, findings);
    } else findings.note("balance", entry.id, "foreign");
  }
  findings.count("fees", await bookFees(fees));
  return next;
}

/** The fee is known only once the charge is settled; it moves the ledger and no total. */
const bookable = (entry: Stripe.BalanceTransaction, payment: OurPayment): boolean =>
  payment.capturedMinor > 0 && payment.processingFeeMinor !== entry.fee && sameCurrency(entry, payment.currency);

const sameCurrency = (entry: Stripe.BalanceTransaction, currency: string): boolean =>
  entry.exchange_rate === null && entry.currency.toUpperCase() === currency;

function compareMovement(
  entry: Stripe.BalanceTransaction,
  ours:
    | {
        readonly paymentId: string;
        readonly pledgeId: string;
        readonly campaignId: string;
        readonly amountMinor: number;
        readonly currency: string;
      }
    | undefined,
  findings: Findings,
): void {
  const movement = {
    id: entry.id,
    at: isoOf(entry.created),
    amountMinor: entry.amount,
    currency: entry.currency.toUpperCase(),
    converted: entry.exchange_rate !== null,
    source: idOf(entry.source),
  };
  findings.note("balance", entry.id, judgeMovement(movement, ours));
  if (!ours || !sameCurrency(entry, ours.currency)) return;
  findings.add({
    currency: movement.currency,
    kind: "balance",
    theirsMinor: entry.amount,
    oursMinor: ours.amountMinor,
  });
}
