import "server-only";
import type { Stripe } from "stripe";
import { listDisputes, listRefunds, type StripePage, type Window } from "@/lib/platform/stripe/lists";
import { retrieveDispute, retrieveRefund } from "@/lib/platform/stripe/refunds";
import { disputeStatusOf } from "@/lib/giving/dispute/rules";
import { factOfDispute, factOfRefund } from "@/lib/giving/refund/refund-fact";
import { recordDispute, recordRefund } from "@/lib/giving/refund/store";
import { settlePayment } from "@/lib/giving/payment/settle-payment";
import { findPayment } from "@/lib/giving/payment/store";
import { idOf, isoOf } from "./compare-intents";
import type { Findings } from "./findings";
import type { Place } from "./pages-ahead";
import { judgeMoneyBack, moneyBackDiffers, type TheirMoneyBack, type Verdict } from "./rules";
import type { OurMoneyBack, OurPayment, SumKind } from "./schemas";
import { readMoneyBack, readPayments } from "./store";

/** What differs between refunds and disputes, so that both are compared by one walk. */
interface Kind<T extends Stripe.Refund | Stripe.Dispute> {
  readonly what: "refund" | "dispute";
  readonly stage: "refunds" | "disputes";
  readonly sum: SumKind;
  readonly list: (window: Window, after: string | null) => Promise<StripePage<T>>;
  retrieve(id: string): Promise<T>;
  rows(ids: readonly string[]): Promise<OurMoneyBack[]>;
  /** Books it as it is now. */
  record(object: T, readAt: Date): Promise<unknown>;
  /** Whether a state has taken the money from us for good. */
  counts(status: string): boolean;
}

const REFUNDS: Kind<Stripe.Refund> = {
  what: "refund",
  stage: "refunds",
  sum: "refunded",
  list: listRefunds,
  retrieve: retrieveRefund,
  rows: (ids) => readMoneyBack({ refunds: ids }),
  record: (refund, readAt) => recordRefund({ ...factOfRefund(refund, "reconciliation", readAt), final: true }),
  counts: (status) => status === "succeeded",
};

const DISPUTES: Kind<Stripe.Dispute> = {
  what: "dispute",
  stage: "disputes",
  sum: "lost",
  list: listDisputes,
  retrieve: retrieveDispute,
  rows: (ids) => readMoneyBack({ disputes: ids }),
  record: (dispute, readAt) => recordDispute({ ...factOfDispute(dispute, "reconciliation", readAt), final: true }),
  counts: (status) => status === "lost",
};

/** Compares a page of the provider's refunds with ours. @returns where the next page begins, null at the end */
export const compareRefunds = (place: Place, findings: Findings): Promise<string | null> =>
  comparePage(REFUNDS, place, findings);

/** Compares a page of its disputes, likewise. */
export const compareDisputes = (place: Place, findings: Findings): Promise<string | null> =>
  comparePage(DISPUTES, place, findings);

/** Compares one refund that the provider did not list. */
export async function compareRefundById(id: string, findings: Findings): Promise<void> {
  await compareById(REFUNDS, id, findings);
}

/** Compares one dispute that the provider did not list. */
export async function compareDisputeById(id: string, findings: Findings): Promise<void> {
  await compareById(DISPUTES, id, findings);
}

async function compareById<T extends Stripe.Refund | Stripe.Dispute>(kind: Kind<T>, id: string, findings: Findings) {
  const object = await kind.retrieve(id);
  await compareOne(kind, object, await kind.rows([id]), await payments([object]), findings);
}

async function comparePage<T extends Stripe.Refund | Stripe.Dispute>(
  kind: Kind<T>,
  { window, after, pages }: Place,
  findings: Findings,
): Promise<string | null> {
  const { items, next } = await pages.page(kind.list, window, after);
  const [ours, theirPayments] = await Promise.all([kind.rows(items.map(({ id }) => id)), payments(items)]);
  for (const object of items) await compareOne(kind, object, ours, theirPayments, findings);
  return next;
}

const payments = (items: readonly (Stripe.Refund | Stripe.Dispute)[]): Promise<OurPayment[]> =>
  readPayments({
    intents: items.flatMap(({ payment_intent }) => idOf(payment_intent) ?? []),
    charges: items.flatMap(({ charge }) => idOf(charge) ?? []),
  });

async function compareOne<T extends Stripe.Refund | Stripe.Dispute>(
  kind: Kind<T>,
  listed: T,
  rows: readonly OurMoneyBack[],
  theirPayments: readonly OurPayment[],
  findings: Findings,
): Promise<void> {
  const payment = theirPayments.find(
    ({ intentId, chargeId }) => intentId === idOf(listed.payment_intent) || chargeId === idOf(listed.charge),
  );
  let object = listed;
  let ours = rows.find(({ objectId }) => objectId === listed.id);
  let verdict: Verdict = judgeMoneyBack(kind.what, theirs(object), ours, payment);
  if (verdict === "heal") {
    const readAt = new Date();
    object = await kind.retrieve(listed.id);
    // Money goes back only of a payment that our row knows as captured: its intent is read first.
    const view = payment && (await findPayment({ paymentId: payment.paymentId }));
    if (view) await settlePayment(view, "reconciliation");
    await kind.record(object, readAt);
    ours = (await kind.rows([object.id]))[0];
    verdict = judgeMoneyBack(kind.what, theirs(object), ours, payment);
    if (verdict === "matches") findings.count("healed");
    if (verdict === "heal") verdict = moneyBackDiffers(kind.what, theirs(object), ours, payment);
  }
  findings.note(kind.stage, object.id, verdict);
  if (verdict === "foreign") return;
  findings.addEach(
    kind.sum,
    {
      currency: object.currency.toUpperCase(),
      minor: kind.counts(object.status ?? "") && tookMoney(payment) ? object.amount : 0,
    },
    ours && kind.counts(ours.status) ? { currency: ours.currency, minor: ours.amountMinor } : undefined,
  );
}

/** A "refund" of a hold that was let go returned nothing. */
const tookMoney = (payment: OurPayment | undefined): boolean => payment === undefined || payment.capturedMinor > 0;

const theirs = (object: Stripe.Refund | Stripe.Dispute): TheirMoneyBack => ({
  id: object.id,
  at: isoOf(object.created),
  status: disputeStatusOf(object.status ?? "pending"),
  amountMinor: object.amount,
  currency: object.currency.toUpperCase(),
});
