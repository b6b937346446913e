import { createHash, randomUUID } from "node:crypto";
import type postgres from "postgres";

type Sql = postgres.Sql;
export type Fact = Readonly<Record<string, unknown>>;

export interface PledgeView {
  readonly pledge: { id: string; status: string; shown: string; coverMinor: number; userId: string | null };
  readonly payment: {
    id: string;
    number: number;
    state: string;
    voidDue: boolean;
    refundDue: boolean;
    unknownSince: string | null;
    capturedMinor: number;
    refundedMinor: number;
  };
  readonly created?: boolean;
  readonly outcome?: string;
  readonly reason?: string | null;
  readonly steps?: readonly { from: string; to: string }[];
}

/** What a refusal of our functions carries. */
export interface Refusal {
  readonly code?: string;
  readonly hint?: string;
  readonly detail?: string;
  readonly message: string;
}

/** @returns the refusal, as `<hint> <detail>`; "nothing" when it was not refused */
export async function refusalOf(work: PromiseLike<unknown>): Promise<string> {
  try {
    await work;
    return "nothing";
  } catch (error) {
    const { code, hint, detail } = error as Refusal;
    return [hint ?? code, detail].filter((part) => part !== undefined).join(" ");
  }
}

/**
 * The money functions as the server calls them, over a connection of its own: what a test does with them is a
 * sentence, not ten lines of JSON.
 */
export function giving(sql: () => Sql) {
  const json = (value: unknown) => sql().json(value as postgres.JSONValue);

  /** Calls a function of `public` that answers JSON. */
  async function call<T = PledgeView>(name: string, ...args: readonly unknown[]): Promise<T> {
    const marks = args.map((_, index) => `$${index + 1}`).join(", ");
    const rows = await sql().unsafe<{ answer: T }[]>(`select public.${name}(${marks}) as answer`, args as never[]);
    const [row] = rows;
    if (!row) throw new Error(`${name} answered nothing.`);
    return row.answer;
  }

  /** An organiser, as far as our functions look: an account with the role. */
  async function organiser(role: "campaign_admin" | "operator" | "member" = "campaign_admin"): Promise<string> {
    const id = randomUUID();
    await sql()`insert into auth.users (id, email) values (${id}, ${`${id}@example.test`})`;
    await sql()`insert into public.user_roles (user_id, role) values (${id}, ${role}) on conflict do nothing`;
    return id;
  }

  async function campaign(owner: string, further: Fact = {}, status = "active"): Promise<string> {
    const made = await call<{ campaign: { id: string } }>(
      "create_campaign",
      owner,
      json({ title: "A well", summary: "Water", story: "Dig.", goalMinor: 100_000, currency: "EUR", ...further }),
      "",
    );
    if (status !== "draft") await call("update_campaign", owner, made.campaign.id, 1, json({ status: "active" }), "");
    if (!["draft", "active"].includes(status))
      await call("update_campaign", owner, made.campaign.id, 2, json({ status }), "");
    return made.campaign.id;
  }

  /** Claims a key, as lib/platform/idempotency does. */
  async function lease(key: string = randomUUID()): Promise<{ id: string; fence: number }> {
    const hash = createHash("sha256").update(key).digest("hex");
    return call("claim_idempotency", "POST /api/v1/pledges", hash, key, hash, 30);
  }

  const wish = (campaignId: string, further: Fact = {}, donor: Fact = {}) => ({
    campaignId,
    amountMinor: 1000,
    currency: "EUR",
    coverFees: false,
    ...further,
    donor: { name: "Dora Donor", email: "dora@example.test", anonymous: false, ...donor },
  });

  async function pledge(campaignId: string, further: Fact = {}, donor: Fact = {}): Promise<PledgeView> {
    const { id, fence } = await lease();
    return call("make_pledge", id, fence, json(wish(campaignId, further, donor)), "");
  }

  /** A pledge whose payment has an intent: what the provider's facts can be about. */
  async function intended(campaignId: string, further: Fact = {}, donor: Fact = {}) {
    const view = await pledge(campaignId, further, donor);
    const intent = `pi_${view.payment.id.replaceAll("-", "")}`;
    await call("record_intent", view.payment.id, intent);
    const total = Number(further["amountMinor"] ?? 1000) + view.pledge.coverMinor;
    return { pledgeId: view.pledge.id, paymentId: view.payment.id, intent, total };
  }

  type Intended = Awaited<ReturnType<typeof intended>>;

  /** The fact that a payment is in this state at the provider. */
  function fact({ intent, total }: Intended, to: string | null, further: Fact = {}): Fact {
    const money = ["authorized", "captured", "completed"].includes(to ?? "");
    return {
      cause: "webhook",
      kind: "test",
      intentId: intent,
      ...(to === null ? {} : { to }),
      ...(money ? { amountMinor: total, currency: "eur" } : {}),
      ...(to === "failed" || to === "canceled" ? { status: "canceled" } : {}),
      ...further,
    };
  }

  const apply = (about: Fact) => call("apply_payment_event", json(about));

  /** A gift whose money has come. */
  async function completed(campaignId: string, further: Fact = {}, donor: Fact = {}): Promise<Intended> {
    const made = await intended(campaignId, further, donor);
    await apply(
      fact(made, "completed", { chargeId: `ch_${made.paymentId.replaceAll("-", "")}`, captureBefore: "2030-01-01" }),
    );
    return made;
  }

  const refundFact = ({ intent }: Intended, refundId: string, amountMinor: number, status: string, at: number) => ({
    cause: "webhook",
    intentId: intent,
    chargeCaptured: true,
    refundId,
    amountMinor,
    currency: "eur",
    status,
    reading: at,
  });

  /** Folds every event that no relay has published yet, as the relay and the projector would; they count as published then. */
  async function drain(): Promise<void> {
    const rows = await sql()<{ id: string }[]>`
      update private.outbox set published_at = now() where published_at is null and dead_at is null returning id`;
    await call(
      "project_totals",
      rows.map((row) => row.id),
    );
  }

  /** As if nothing had ever been folded. */
  async function unfold(): Promise<void> {
    await sql()`delete from private.processed_events`;
    await sql()`delete from private.campaign_donors`;
    await sql()`
      update public.campaign_totals set raised_minor = 0, pending_minor = 0, refunded_minor = 0, disputed_minor = 0, donor_count = 0,
        pledge_count = 0, completed_count = 0, failed_count = 0, version = 0`;
  }

  /** What the accounts say about a payment; those at zero are left out. */
  async function ledger(paymentId: string): Promise<Record<string, number>> {
    const rows = await sql()<{ kind: string; amount: number }[]>`
      select a.kind::text, sum(e.amount_minor)::int as amount from private.ledger_transactions t
      join private.ledger_entries e on e.transaction_id = t.id join private.ledger_accounts a on a.id = e.account_id
      where t.payment_id = ${paymentId} group by a.kind having sum(e.amount_minor) <> 0 order by a.kind`;
    return Object.fromEntries(rows.map(({ kind, amount }) => [kind, amount]));
  }

  const totals = async (campaignId: string) => {
    const [row] = await sql()<Record<string, string>[]>`
      select raised_minor, pending_minor, refunded_minor, disputed_minor, donor_count, pledge_count, completed_count, failed_count, version
      from public.campaign_totals where campaign_id = ${campaignId}`;
    return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]));
  };

  /** What is broken; empty is healthy. */
  const broken = (drained = false) =>
    call<{ invariant: number; name: string; subject: string }[]>("check_invariants", drained);

  return {
    json,
    call,
    organiser,
    campaign,
    lease,
    wish,
    pledge,
    intended,
    fact,
    apply,
    completed,
    refundFact,
    drain,
    unfold,
    ledger,
    totals,
    broken,
  };
}

/** All orders of a list. */
export function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, index) => permutations(list.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}
