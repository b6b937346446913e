import type Stripe from "stripe";
import { integer, list, range, string } from "../parameters.ts";
import type { World } from "../world.ts";

export const balanceTransactionList = {
  created: range(),
  currency: string(3),
  ending_before: string(),
  expand: list(string()),
  limit: integer(),
  payout: string(),
  source: string(),
  starting_after: string(),
  type: string(),
};

/** Standard card pricing by the currency charged, as published for accounts in its main market. */
const PRICING: Readonly<Record<string, readonly [share: number, fixed: number]>> = {
  usd: [0.029, 30],
  eur: [0.015, 25],
  gbp: [0.015, 20],
};
/** What the bank asks for a dispute, in minor units. */
const DISPUTE_FEE: Readonly<Record<string, number>> = { usd: 1_500, eur: 2_000, gbp: 2_000 };

export function chargeFee(amount: number, currency: string): number {
  const [share, fixed] = PRICING[currency] ?? [0.036, 0];
  return Math.min(amount, Math.round(amount * share) + fixed);
}

export const disputeFee = (currency: string): number => DISPUTE_FEE[currency] ?? 1_500;

interface Movement {
  readonly amount: number;
  readonly fee?: number;
  readonly feeDescription?: string;
  readonly currency: string;
  readonly source: string;
  readonly type: Stripe.BalanceTransaction.Type;
  readonly category: string;
  readonly description: string | null;
  /** Available now rather than after the usual days. */
  readonly atOnce?: boolean;
}

/** Books a movement of money on the account's balance. */
export function book(world: World, movement: Movement): Stripe.BalanceTransaction {
  const created = world.clock.seconds();
  const fee = movement.fee ?? 0;
  const entry: Stripe.BalanceTransaction = {
    id: world.ids.next("txn"),
    object: "balance_transaction",
    amount: movement.amount,
    available_on: movement.atOnce ? created : created + Math.round(world.delay("available") / 1_000),
    balance_type: "payments",
    created,
    currency: movement.currency,
    description: movement.description,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: movement.currency,
              description: movement.feeDescription ?? "Stripe processing fees",
              type: "stripe_fee",
            },
          ],
    net: movement.amount - fee,
    reporting_category: movement.category,
    source: movement.source,
    status: "pending",
    type: movement.type,
  };
  world.store.insert(entry);
  return asOfNow(world, entry);
}

/** A movement as it is seen at this moment: its money becomes available by itself. */
export function asOfNow(world: World, entry: Stripe.BalanceTransaction): Stripe.BalanceTransaction {
  return { ...entry, status: entry.available_on <= world.clock.seconds() ? "available" : "pending" };
}

/** The account's balance: what is available and what is still to come, by currency. */
export function balance(world: World): Stripe.Balance {
  const now = world.clock.seconds();
  const rows = world.database.all<{ currency: string; available: number; pending: number }>(
    `select currency,
       coalesce(sum(case when json_extract(body, '$.available_on') <= ? then json_extract(body, '$.net') end), 0) as available,
       coalesce(sum(case when json_extract(body, '$.available_on') > ? then json_extract(body, '$.net') end), 0) as pending
     from objects where type = 'balance_transaction' group by currency order by currency`,
    now,
    now,
  );
  const part = (name: "available" | "pending") =>
    (rows.length > 0 ? rows : [{ currency: "usd", available: 0, pending: 0 }]).map((row) => ({
      amount: row[name],
      currency: row.currency,
      source_types: { card: row[name] },
    }));
  return {
    object: "balance",
    available: part("available"),
    connect_reserved: part("available").map(({ currency }) => ({ amount: 0, currency })),
    livemode: false,
    pending: part("pending"),
  };
}
