import type Stripe from "stripe";
import { invalid, missing } from "../errors.ts";
import { emptyable, integer, list, metadata, oneOf, range, required, string, unsupportedAll } from "../parameters.ts";
import type { World } from "../world.ts";
import { balance, book } from "./balance.ts";

export const payoutCreate = {
  amount: required(integer()),
  currency: required(string(3)),
  description: string(),
  expand: list(string()),
  metadata: metadata(),
  method: oneOf(["standard"]),
  source_type: oneOf(["card"]),
  statement_descriptor: string(22),
  ...unsupportedAll(["destination", "payout_method"]),
};
export const payoutUpdate = { expand: list(string()), metadata: emptyable(metadata()) };
export const payoutList = {
  arrival_date: range(),
  created: range(),
  ending_before: string(),
  expand: list(string()),
  limit: integer(),
  starting_after: string(),
  status: oneOf(["canceled", "failed", "in_transit", "paid", "pending"]),
  ...unsupportedAll(["destination"]),
};

/** @throws ApiError 404 */
export function findPayout(world: World, id: string): Stripe.Payout {
  const found = world.store.find<Stripe.Payout>("payout", id);
  if (!found) throw missing("payout", id, "payout", 404);
  return found;
}

interface Order {
  readonly amount: number;
  readonly currency: string;
  readonly automatic: boolean;
  readonly description?: string | undefined;
  readonly metadata?: Record<string, string> | null | undefined;
  readonly statement_descriptor?: string | undefined;
}

function makePayout(world: World, order: Order): Stripe.Payout {
  const created = world.clock.seconds();
  const id = world.ids.next("po");
  const entry = book(world, {
    amount: -order.amount,
    currency: order.currency,
    source: id,
    type: "payout",
    category: "payout",
    description: "STRIPE PAYOUT",
    atOnce: true,
  });
  const payout: Stripe.Payout = {
    id,
    object: "payout",
    amount: order.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: created + Math.round(world.delay("payout") / 1_000),
    automatic: order.automatic,
    balance_transaction: entry.id,
    created,
    currency: order.currency,
    description: order.description ?? "STRIPE PAYOUT",
    destination: "ba_1EmulatedBankAccount0000",
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: order.metadata ?? {},
    method: "standard",
    original_payout: null,
    payout_method: null,
    reconciliation_status: order.automatic ? "in_progress" : "not_applicable",
    reversed_by: null,
    source_type: "card",
    statement_descriptor: order.statement_descriptor ?? null,
    status: "in_transit",
    trace_id: { status: "pending", value: null },
    type: "bank_account",
  };
  world.store.insert(payout);
  world.store.save(entry, { payout: id });
  world.emit("payout.created", payout);
  world.later(world.delay("payout"), "payout.arrive", id);
  return payout;
}

/** A payout that somebody asked for; it does not say which payments are in it. */
export function createPayout(world: World, order: Omit<Order, "automatic">): Stripe.Payout {
  const currency = order.currency.toLowerCase();
  const available = balance(world).available.find((each) => each.currency === currency)?.amount ?? 0;
  if (order.amount < 1)
    throw invalid("Invalid positive integer", { code: "parameter_invalid_integer", param: "amount" });
  if (order.amount > available)
    throw invalid("You have insufficient funds in your Stripe account for this transfer.", {
      code: "balance_insufficient",
      param: "amount",
    });
  return makePayout(world, { ...order, currency, automatic: false });
}

/** The payouts of a day, one for each currency: all that is available and not yet paid out, and which that was. */
export function payOutAutomatically(world: World): Stripe.Payout[] {
  const due = world.database
    .all<{ body: string }>(
      `select body from objects where type = 'balance_transaction' and payout is null and kind <> 'payout'
       and json_extract(body, '$.available_on') <= ? order by seq`,
      world.clock.seconds(),
    )
    .map((row) => JSON.parse(row.body) as Stripe.BalanceTransaction);
  const payouts: Stripe.Payout[] = [];
  for (const currency of new Set(due.map((entry) => entry.currency))) {
    const entries = due.filter((entry) => entry.currency === currency);
    const amount = entries.reduce((sum, entry) => sum + entry.net, 0);
    const available = balance(world).available.find((each) => each.currency === currency)?.amount ?? 0;
    if (amount < 1 || available < amount) continue;
    const payout = makePayout(world, { amount, currency, automatic: true });
    for (const entry of entries) world.store.save(entry, { payout: payout.id });
    payouts.push(payout);
  }
  return payouts;
}

export function arrivePayout(world: World, id: string): void {
  const payout = findPayout(world, id);
  if (payout.status !== "in_transit") return;
  const paid: Stripe.Payout = {
    ...payout,
    reconciliation_status: payout.automatic ? "completed" : "not_applicable",
    status: "paid",
    trace_id: { status: "supported", value: `TRACE${id.slice(-10).toUpperCase()}` },
  };
  world.store.save(paid);
  world.emit("payout.paid", paid, { status: payout.status });
  if (payout.automatic) world.emit("payout.reconciliation_completed", paid);
}
