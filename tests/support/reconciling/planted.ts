import type postgres from "postgres";
import type Stripe from "stripe";
import type { DiscrepancyKind, SumKind } from "@/lib/giving/reconciliation/schemas";
import type { Row, Way } from "./payments.ts";
import { freshHex, type Emulator, type Provider } from "./provider.ts";

/** Something that is wrong on purpose, and what a comparison must make of it. */
export interface Planted {
  readonly name: string;
  /** What it must report: the kind, and the provider's object. Empty: it is to be healed, or is nobody's business. */
  readonly reports: readonly (readonly [DiscrepancyKind, string])[];
  /** By how much it must say that sums differ: theirs less ours. */
  readonly drift?: readonly (readonly [currency: string, SumKind, minor: number])[];
  /** The payment whose own ledger was bent. */
  readonly books?: string;
  /** How the payment must stand afterwards; a list: one of these. */
  readonly heals?: {
    readonly paymentId: string;
    readonly as: Readonly<Record<string, string | number | readonly string[]>>;
  };
}

interface Ground {
  readonly sql: postgres.Sql;
  readonly provider: Provider;
  readonly emulator: Emulator;
  /** A payment that went that way and that nothing was done to yet. */
  take(way: Way): Row;
}

/** Where workflows run, what was found to be authorised is captured next. */
const HELD = ["authorized", "completed"];

type Plant = (ground: Ground) => Promise<Planted> | Planted;

const intentOf = (row: Row): string => `pi_${row.hex}`;
const chargeOf = (row: Row): string => `ch_${row.hex}`;
const refundOf = (row: Row): string => `re_${row.hex}`;
const disputeOf = (row: Row): string => `dp_${row.hex}`;
const report = (kind: DiscrepancyKind, id: string) => [[kind, id]] as const;

/** What no event came of: read again and booked. */
const HEALED: readonly Plant[] = [
  async ({ take, emulator }) => {
    const row = take("held");
    await emulator.client.paymentIntents.capture(intentOf(row));
    return {
      name: "capture missed",
      reports: [],
      heals: { paymentId: row.paymentId, as: { state: "completed", captured: row.totalMinor } },
    };
  },
  async ({ take, emulator }) => {
    const row = take("held");
    await emulator.client.paymentIntents.cancel(intentOf(row));
    return { name: "void missed", reports: [], heals: { paymentId: row.paymentId, as: { state: "canceled" } } };
  },
  ({ take, provider }) => {
    const row = take("pending");
    provider.remove(row);
    provider.add("held", row);
    return {
      name: "authorisation missed",
      reports: [],
      heals: { paymentId: row.paymentId, as: { state: HELD } },
    };
  },
  ({ take, provider }) => {
    const row = take("pending");
    provider.remove(row);
    provider.add("taken", row);
    return {
      name: "authorisation and capture missed",
      reports: [],
      heals: { paymentId: row.paymentId, as: { state: "completed", captured: row.totalMinor } },
    };
  },
  ({ take, provider }) => {
    const row = take("unsent");
    provider.add("held", row);
    return {
      name: "answer to a creation lost",
      reports: [],
      heals: { paymentId: row.paymentId, as: { state: HELD, intent: intentOf(row) } },
    };
  },
  async ({ take, emulator }) => {
    const row = take("taken");
    await emulator.control("POST", `charges/${chargeOf(row)}/refund`, { amount: 100 });
    return {
      name: "refund only at the provider",
      reports: [],
      heals: { paymentId: row.paymentId, as: { refunded: 100 } },
    };
  },
  async ({ take, emulator }) => {
    const row = take("refunded");
    await emulator.control("POST", `refunds/${refundOf(row)}`, {
      status: "failed",
      failureReason: "lost_or_stolen_card",
    });
    return { name: "failed refund missed", reports: [], heals: { paymentId: row.paymentId, as: { refunded: 0 } } };
  },
  async ({ take, emulator }) => {
    const row = take("refund_pending");
    await emulator.control("POST", `refunds/${refundOf(row)}`, { status: "succeeded" });
    return {
      name: "refund's success missed",
      reports: [],
      heals: { paymentId: row.paymentId, as: { refunded: row.refundMinor } },
    };
  },
  async ({ take, emulator }) => {
    const row = take("taken");
    await emulator.control("POST", `charges/${chargeOf(row)}/dispute`, { kind: "fraudulent" });
    return {
      name: "dispute missed",
      reports: [],
      heals: { paymentId: row.paymentId, as: { disputed: row.totalMinor } },
    };
  },
  async ({ take, emulator }) => {
    const row = take("disputed");
    await emulator.control("POST", `disputes/${disputeOf(row)}`, { action: "lose" });
    return {
      name: "lost dispute missed",
      reports: [],
      heals: { paymentId: row.paymentId, as: { disputed: 0, lost: row.totalMinor } },
    };
  },
  async ({ take, sql, provider }) => {
    const row = take("taken");
    const told = { cause: "reconciliation", kind: "read", intentId: intentOf(row), feeMinor: 7 };
    await sql`select public.apply_payment_event(${sql.json(told)})`;
    return {
      name: "fee drifted",
      reports: [],
      heals: { paymentId: row.paymentId, as: { fee: provider.movementOf(chargeOf(row)).fee } },
    };
  },
];

/** What somebody has to decide. */
const REPORTED: readonly Plant[] = [
  ({ take, provider }) => {
    const [row, hex] = [take("taken"), freshHex()];
    provider.add("taken", row, { hex, metadata: "none" });
    return {
      name: "payment of nobody",
      reports: report("unknown_payment", `pi_${hex}`),
      drift: [[row.currency, "captured", row.totalMinor]],
    };
  },
  ({ take, provider }) => {
    const [row, hex] = [take("taken"), freshHex()];
    provider.add("taken", row, { hex });
    return {
      name: "payment taken twice by two intents",
      reports: report("second_intent", `pi_${hex}`),
      drift: [[row.currency, "captured", row.totalMinor]],
    };
  },
  ({ take, provider }) => {
    const [row, id] = [take("taken"), `ch_${freshHex()}`];
    provider.insert({ ...provider.read<Stripe.Charge>("charge", chargeOf(row)), id });
    return { name: "payment taken twice by one intent", reports: report("second_charge", id) };
  },
  ({ take, provider }) => {
    const [row, id] = [take("taken"), `ch_${freshHex()}`];
    provider.insert({
      ...provider.read<Stripe.Charge>("charge", chargeOf(row)),
      id,
      payment_intent: null,
    } as Stripe.Charge);
    return { name: "charge of nobody", reports: report("unknown_charge", id) };
  },
  ({ take, provider }) => {
    const row = take("taken");
    provider.edit(intentOf(row), (intent) => (intent["amount"] = row.totalMinor + 100));
    return { name: "amount differs", reports: report("amount", intentOf(row)) };
  },
  ({ take, provider }) => {
    const row = take("taken");
    const currency = row.currency === "USD" ? "chf" : "usd";
    provider.edit(intentOf(row), (intent) => (intent["currency"] = currency));
    return {
      name: "currency differs",
      reports: report("amount", intentOf(row)),
      drift: [
        [currency.toUpperCase(), "captured", row.totalMinor],
        [row.currency, "captured", -row.totalMinor],
      ],
    };
  },
  ({ take, provider }) => {
    const row = take("taken");
    const less = row.totalMinor - 100;
    const movement = provider.movementOf(chargeOf(row)).id;
    provider.edit(intentOf(row), (intent) => (intent["amount_received"] = less));
    provider.edit(chargeOf(row), (charge) => (charge["amount_captured"] = less));
    provider.edit(movement, (entry) => (entry["amount"] = less));
    return {
      name: "less was taken",
      reports: [
        ["captured_amount", intentOf(row)],
        ["balance", movement],
      ],
      drift: [
        [row.currency, "captured", -100],
        [row.currency, "balance", -100],
      ],
    };
  },
  ({ take, provider }) => {
    const row = take("canceled");
    provider.remove(row);
    provider.add("taken", row);
    return {
      name: "taken there, let go here",
      reports: [
        ["state", intentOf(row)],
        ["balance", provider.movementOf(chargeOf(row)).id],
      ],
      drift: [
        [row.currency, "captured", row.totalMinor],
        [row.currency, "balance", row.totalMinor],
      ],
    };
  },
  ({ take, provider }) => {
    const row = take("taken");
    provider.remove(row);
    provider.add("held", row);
    return {
      name: "taken here, only held there",
      reports: report("ahead_of_provider", intentOf(row)),
      drift: [[row.currency, "captured", -row.totalMinor]],
    };
  },
  async ({ take, sql }) => {
    const row = take("taken");
    // A posting that nothing happened for: it sums to zero, and moves no total.
    await sql`
      with posted as (
        insert into private.ledger_transactions (payment_id, currency, cause) values (${row.paymentId}, ${row.currency}, 'fee') returning id
      )
      insert into private.ledger_entries (transaction_id, account_id, currency, amount_minor)
      select t.id, a.id, a.currency, case a.kind when 'provider_balance' then 1 else -1 end
      from posted t, private.ledger_accounts a
      where a.campaign_id is null and a.kind in ('provider_balance', 'losses') and a.currency = ${row.currency}`;
    return { name: "books do not add up", reports: report("ledger", intentOf(row)), books: row.paymentId };
  },
  ({ take, provider }) => {
    const row = take("refunded");
    provider.edit(refundOf(row), (refund) => (refund["amount"] = row.refundMinor - 1));
    return {
      name: "refund's amount differs",
      reports: report("refund", refundOf(row)),
      drift: [[row.currency, "refunded", -1]],
    };
  },
  ({ take, provider }) => {
    const row = take("dispute_lost");
    provider.edit(disputeOf(row), (dispute) => (dispute["amount"] = row.totalMinor - 1));
    return {
      name: "dispute's amount differs",
      reports: report("dispute", disputeOf(row)),
      drift: [[row.currency, "lost", -1]],
    };
  },
  ({ take, provider }) => {
    const [row, id] = [take("disputed"), `dp_${freshHex()}`];
    const dispute = provider.read<Stripe.Dispute>("dispute", disputeOf(row));
    provider.insert({ ...dispute, id, charge: `ch_${freshHex()}`, payment_intent: null } as Stripe.Dispute);
    return { name: "dispute of nobody's charge", reports: report("unknown_dispute", id) };
  },
  ({ take, provider }) => {
    const row = take("taken");
    const { id } = provider.movementOf(chargeOf(row));
    provider.edit(id, (entry) => (entry["amount"] = row.totalMinor + 77));
    return { name: "balance moved by more", reports: report("balance", id), drift: [[row.currency, "balance", 77]] };
  },
  ({ take, provider }) => {
    const row = take("taken");
    provider.remove(row);
    return { name: "payment only here", reports: report("missing_at_provider", intentOf(row)) };
  },
  ({ take, provider }) => {
    const row = take("refunded_whole");
    provider.removeObject(provider.movementOf(refundOf(row)).id);
    provider.removeObject(refundOf(row));
    return { name: "refund only here", reports: report("missing_at_provider", refundOf(row)) };
  },
  ({ take, provider }) => {
    const row = take("dispute_won");
    provider.removeObject(disputeOf(row));
    return { name: "dispute only here", reports: report("missing_at_provider", disputeOf(row)) };
  },
];

/** What looks like a difference and is none. */
const HARMLESS: readonly Plant[] = [
  ({ take, provider }) => {
    provider.add("refunded_whole", take("taken"), { hex: freshHex(), metadata: "none" });
    return { name: "somebody else's payment, given back", reports: [] };
  },
  ({ take, provider }) => {
    provider.add("canceled", take("taken"), { hex: freshHex() });
    return { name: "a second intent that was let go", reports: [] };
  },
  ({ take, provider }) => {
    const row = take("taken");
    provider.edit(provider.movementOf(chargeOf(row)).id, (entry) => {
      Object.assign(entry, { exchange_rate: 1.1, currency: "chf", amount: Math.round(row.totalMinor * 1.1) });
    });
    return { name: "a movement that was converted", reports: [] };
  },
];

/** Plants each kind `each` times, in payments that are spread over all of them. */
export async function plant(rows: readonly Row[], each: number, ground: Omit<Ground, "take">): Promise<Planted[]> {
  const untouched = new Map<Way, Row[]>();
  // Every seventh first: neighbours stand on one page.
  const spread = Array.from({ length: 7 }, (_, first) => rows.filter((_row, index) => index % 7 === first)).flat();
  for (const row of spread) untouched.set(row.way, [...(untouched.get(row.way) ?? []), row]);
  const take = (way: Way): Row => {
    const row = untouched.get(way)?.pop();
    if (!row) throw new Error(`No payment is left that is ${way}: make more of them.`);
    return row;
  };
  const planted: Planted[] = [];
  for (let time = 0; time < each; time += 1)
    for (const one of [...HEALED, ...REPORTED, ...HARMLESS]) planted.push(await one({ ...ground, take }));
  return planted;
}

/** Sets the ledgers right that were bent: the money functions post what is missing. @returns what is left planted */
export async function mendBooks(sql: postgres.Sql, planted: readonly Planted[]): Promise<Planted[]> {
  const bent = planted.flatMap(({ books }) => books ?? []);
  await sql`select private.settle_ledger(p, 'fee', null) from public.payments p where p.id = any (${bent}::uuid[])`;
  return planted.filter(({ books }) => books === undefined);
}
