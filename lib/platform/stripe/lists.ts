import "server-only";
import type { Stripe } from "stripe";
import { readStripe } from "./client";

/** A hundred at the most is what Stripe gives at once. */
const PAGE = 100;

/** Objects made from `from` on and before `to`. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** A page of a list, newest first; `next` goes on behind it, and is null at the end. */
export interface StripePage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

interface Query {
  readonly created: { readonly gte: number; readonly lt: number };
  readonly limit: number;
  readonly starting_after?: string;
}

function query({ from, to }: Window, after: string | null): Query {
  const created = { gte: Math.floor(from.getTime() / 1000), lt: Math.ceil(to.getTime() / 1000) };
  return { created, limit: PAGE, ...(after ? { starting_after: after } : {}) };
}

function page<T extends { readonly id: string }>(list: Stripe.ApiList<T>): StripePage<T> {
  return { items: list.data, next: list.has_more ? (list.data.at(-1)?.id ?? null) : null };
}

/** Each with its newest charge in it. @throws StripeOutcomeError */
export async function listIntents(window: Window, after: string | null): Promise<StripePage<Stripe.PaymentIntent>> {
  return page(
    await readStripe((stripe) =>
      stripe.paymentIntents.list({ ...query(window, after), expand: ["data.latest_charge"] }),
    ),
  );
}

/** @throws StripeOutcomeError */
export async function listCharges(window: Window, after: string | null): Promise<StripePage<Stripe.Charge>> {
  return page(await readStripe((stripe) => stripe.charges.list(query(window, after))));
}

/** Each with its charge in it. @throws StripeOutcomeError */
export async function listRefunds(window: Window, after: string | null): Promise<StripePage<Stripe.Refund>> {
  return page(await readStripe((stripe) => stripe.refunds.list({ ...query(window, after), expand: ["data.charge"] })));
}

/** @throws StripeOutcomeError */
export async function listDisputes(window: Window, after: string | null): Promise<StripePage<Stripe.Dispute>> {
  return page(await readStripe((stripe) => stripe.disputes.list(query(window, after))));
}

/** What moved the account's balance. @throws StripeOutcomeError */
export async function listBalanceTransactions(
  window: Window,
  after: string | null,
): Promise<StripePage<Stripe.BalanceTransaction>> {
  return page(await readStripe((stripe) => stripe.balanceTransactions.list(query(window, after))));
}
