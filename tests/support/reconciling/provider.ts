import { randomBytes } from "node:crypto";
import type Stripe from "stripe";
import { Database } from "../../../devstack/stripe/database.ts";
import { chargeFee, disputeFee } from "../../../devstack/stripe/resources/balance.ts";
import { Store, type Body } from "../../../devstack/stripe/store.ts";
import type { Row, Way } from "./payments.ts";

/** An emulator, as far as it is filled from outside. */
export interface Emulator {
  readonly file: string;
  readonly client: Stripe;
  control(method: "DELETE" | "GET" | "POST", path: string, body?: unknown): Promise<unknown>;
}

/** What the emulator keeps of one payment that really went a way, with its own numbers and ids in it. */
interface Pattern {
  readonly objects: readonly { readonly body: Body; readonly hidden: object }[];
  readonly created: number;
}

/** Amounts that nothing else in an object is equal to. */
const [TOTAL, REFUND] = [987_653, 123_457];
const SAMPLE_DISPUTE_FEE = disputeFee("eur");
const [PAYMENT, PLEDGE] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
const WAYS: readonly Way[] = [
  "pending",
  "held",
  "canceled",
  "taken",
  "refunded",
  "refunded_whole",
  "refund_pending",
  "refund_failed",
  "disputed",
  "dispute_won",
  "dispute_lost",
];
/** What belongs to one payment, and how its ids begin; cards are shared. */
const PREFIXES: Readonly<Record<string, string>> = {
  payment_intent: "pi",
  charge: "ch",
  refund: "re",
  dispute: "dp",
  balance_transaction: "txn",
};

/** What differs from the payment that a copy is made for. */
export interface Change {
  /** 32 digits that the ids carry instead. */
  readonly hex?: string;
  readonly metadata?: { readonly payment: string; readonly pledge: string } | "none";
}

/**
 * The provider's side of many payments: for each the objects that the emulator itself makes of one that goes the same way, with
 * the payment's own ids, amounts and dates, written into its store.
 */
export class Provider {
  readonly #database: Database;
  readonly #store: Store;
  readonly #patterns: ReadonlyMap<Way, Pattern>;

  private constructor(database: Database, patterns: ReadonlyMap<Way, Pattern>) {
    this.#database = database;
    this.#store = new Store(database);
    this.#patterns = patterns;
  }

  /** Learns from the emulator what its objects look like, and empties it; no webhook is sent from then on. */
  static async of(emulator: Emulator): Promise<Provider> {
    const database = new Database(emulator.file);
    const patterns = new Map<Way, Pattern>();
    const cards: { body: Body; hidden: object }[] = [];
    for (const way of WAYS) {
      await emptied(emulator);
      await go(way, emulator);
      const kept = database
        .all<{ body: string; hidden: string }>("select body, hidden from objects where type <> 'event' order by seq")
        .map((row) => ({ body: JSON.parse(row.body) as Body, hidden: JSON.parse(row.hidden) as object }));
      cards.push(...kept.filter(({ body }) => !(body.object in PREFIXES)));
      const objects = kept.filter(({ body }) => body.object in PREFIXES);
      patterns.set(way, { objects, created: objects[0]?.body.created ?? 0 });
    }
    await emptied(emulator);
    const provider = new Provider(database, patterns);
    for (const { body, hidden } of cards) provider.#store.insert(body, hidden);
    return provider;
  }

  /** Writes what the provider has of these payments. */
  fill(rows: readonly Row[]): void {
    this.#database.transaction(() => {
      for (const row of rows) if (row.way !== "unsent") this.add(row.way, row);
    });
  }

  /** Writes the objects of a payment that went a way. @returns the ids by what they are of */
  add(
    way: Way,
    row: Row,
    { hex = row.hex, metadata = { payment: row.paymentId, pledge: row.pledgeId } }: Change = {},
  ): void {
    const pattern = this.#patterns.get(way);
    if (!pattern) throw new Error(`The provider never sees a payment that is ${way}.`);
    const ids = idsOf(pattern, hex);
    const numbers = numbersFor(row);
    const later = row.created - pattern.created;
    const revive = (key: string, value: unknown): unknown => {
      if (typeof value === "number") {
        if (value > 1_500_000_000) return value + later;
        return numbers.get(value) ?? value;
      }
      if (value === "eur") return row.currency.toLowerCase();
      if (key === "metadata" && metadata === "none") return {};
      return value;
    };
    for (const object of pattern.objects) {
      let text = JSON.stringify([object.body, object.hidden]);
      for (const [from, to] of ids) text = text.replaceAll(from, to);
      if (metadata !== "none") text = text.replaceAll(PAYMENT, metadata.payment).replaceAll(PLEDGE, metadata.pledge);
      const [body, hidden] = JSON.parse(text, revive) as [Body, object];
      this.#store.insert(body, hidden);
    }
  }

  /** Takes everything away that the ids of a payment name. */
  remove(row: Row): void {
    const pattern = this.#patterns.get(row.way);
    for (const [, id] of pattern ? idsOf(pattern, row.hex) : []) this.removeObject(id);
  }

  removeObject(id: string): void {
    this.#database.run("delete from objects where id = ?", id);
    this.#database.run("delete from metadata where id = ?", id);
  }

  /** Changes an object behind everybody's back. */
  edit(id: string, change: (body: Record<string, unknown>) => void): void {
    const body = this.#store.any(id);
    if (!body) throw new Error(`The provider has no ${id}.`);
    change(body as unknown as Record<string, unknown>);
    this.#store.save(body);
  }

  /** What moved the balance for a charge or a refund. @throws Error when nothing did */
  movementOf(source: string): Stripe.BalanceTransaction {
    const [entry] = this.#store.every<Stripe.BalanceTransaction>("balance_transaction", { source });
    if (!entry) throw new Error(`Nothing moved the balance for ${source}.`);
    return entry;
  }

  insert(body: Body): void {
    this.#store.insert(body);
  }

  /** An object, to make another of. */
  read<T extends Body>(type: string, id: string): T {
    return structuredClone(this.#store.get<T>(type, id));
  }

  close(): void {
    this.#database.close();
  }
}

/** 32 digits that no payment has. */
export const freshHex = (): string => randomBytes(16).toString("hex");

async function emptied({ control }: Emulator): Promise<void> {
  await control("POST", "reset");
  await control("POST", "settings", { webhooks: "manual" });
}

/** Has a payment go that way at the emulator. */
async function go(way: Way, { client, control }: Emulator): Promise<void> {
  const intent = await client.paymentIntents.create({
    amount: TOTAL,
    currency: "eur",
    capture_method: "manual",
    allowed_payment_method_types: ["card"],
    metadata: { payment: PAYMENT, pledge: PLEDGE },
    ...(way === "pending"
      ? {}
      : { confirm: true, payment_method: "pm_card_visa", return_url: "http://127.0.0.1:3999/" }),
  });
  if (way === "pending" || way === "held") return;
  if (way === "canceled") return void (await client.paymentIntents.cancel(intent.id));
  const captured = await client.paymentIntents.capture(intent.id);
  const charge = String(captured.latest_charge);
  if (way.startsWith("refund")) {
    const refund = (await control("POST", `charges/${charge}/refund`, {
      ...(way === "refunded_whole" ? {} : { amount: REFUND }),
      ...(way === "refund_pending" ? { status: "pending" } : {}),
    })) as Stripe.Refund;
    if (way === "refund_failed")
      await control("POST", `refunds/${refund.id}`, { status: "failed", failureReason: "lost_or_stolen_card" });
  }
  if (way.startsWith("dispute")) {
    const dispute = (await control("POST", `charges/${charge}/dispute`, { kind: "fraudulent" })) as Stripe.Dispute;
    if (way !== "disputed")
      await control("POST", `disputes/${dispute.id}`, { action: way === "dispute_won" ? "win" : "lose" });
  }
}

function idsOf({ objects }: Pattern, hex: string): Map<string, string> {
  const seen: Record<string, number> = {};
  return new Map(
    objects.map(({ body: { id, object } }) => {
      const prefix = PREFIXES[object] ?? object;
      const count = (seen[prefix] = (seen[prefix] ?? 0) + 1);
      return [id, `${prefix}_${hex}${count === 1 ? "" : count}`];
    }),
  );
}

function numbersFor({ totalMinor, refundMinor, currency }: Row): Map<number, number> {
  const fee = chargeFee(totalMinor, currency.toLowerCase());
  const lost = disputeFee(currency.toLowerCase());
  const sample = chargeFee(TOTAL, "eur");
  return new Map(
    (
      [
        [TOTAL, totalMinor],
        [REFUND, refundMinor],
        [TOTAL - REFUND, totalMinor - refundMinor],
        [sample, fee],
        [TOTAL - sample, totalMinor - fee],
        [SAMPLE_DISPUTE_FEE, lost],
        [TOTAL + SAMPLE_DISPUTE_FEE, totalMinor + lost],
      ] as const
    ).flatMap(([from, to]) => [
      [from, to],
      [-from, -to],
    ]),
  );
}
