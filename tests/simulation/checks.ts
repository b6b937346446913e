import type Stripe from "stripe";
import { Broken } from "./acknowledged.ts";
import { checkObjects, checkRows, checkRowsAtRest } from "./row-checks.ts";
import type { World } from "./world.ts";

/** The invariants that hold at every moment. @throws Broken */
export async function checkNow(world: World): Promise<void> {
  await invariants(world, false);
  await checkRows(world);
}

async function invariants(world: World, drained: boolean): Promise<void> {
  const broken = await world.ask(
    (sql) => sql<{ invariant: number; name: string; subject: string; detail: object }[]>`
      select * from private.check_invariants(${drained}) order by invariant, name limit 5`,
  );
  const [first] = broken;
  if (first) throw new Broken(`invariant ${first.invariant}: ${first.name}`, broken);
}

/** All that must hold once nothing is under way any more, with what webhooks, workflows and sweepers alone have done. @throws Broken */
export async function checkAtRest(world: World): Promise<void> {
  await invariants(world, true);
  await checkRows(world);
  await checkLedgerAgainstProvider(world);
  await checkTotals(world);
  await checkObjects(world, await checkCharges(world));
  await checkRowsAtRest(world);
  await checkAcknowledged(world);
}

/** The last comparison went to its end and tells of no difference. @throws Broken */
export async function checkReconciled(world: World): Promise<void> {
  const [run] = await world.ask(
    (sql) => sql<{ id: string; state: string; error: string | null }[]>`
      select id, state, error from private.reconciliation_runs order by started_at desc, id desc limit 1`,
  );
  if (run?.state !== "completed") throw new Broken("the last reconciliation did not come to its end", run ?? null);
  const open = await world.ask(
    (sql) => sql<{ kind: string }[]>`
      select kind, object_id, theirs, ours, proposal from private.reconciliation_discrepancies
      where state = 'open' and last_run = ${run.id} order by kind, object_id limit 5`,
  );
  const [first] = open;
  if (first) throw new Broken(`reconciliation reports a difference at rest: ${first.kind}`, open);
}

/** What the provider took, less what went back or was lost, is what the ledger says that we have and paid for. */
async function checkLedgerAgainstProvider(world: World): Promise<void> {
  const { currencies } = await world.control<{
    currencies: { currency: string; captured: number; refunded: number; lost: number }[];
  }>("GET", "totals");
  const disputed = new Map<string, number>();
  for await (const dispute of world.provider.disputes.list({ limit: 100 }))
    if (/^(?:appeal_)?(?:needs_response|under_review)$/.test(dispute.status))
      disputed.set(dispute.currency, (disputed.get(dispute.currency) ?? 0) + dispute.amount);
  const ledger = await world.ask(
    (sql) => sql<{ currency: string; captured: string; refunded: string; lost: string; held: string }[]>`
      select lower(a.currency) as currency,
        -coalesce(sum(e.amount_minor) filter (where a.kind in ('gift_captured', 'cover_captured')), 0) as captured,
        coalesce(sum(e.amount_minor) filter (where a.kind in ('gift_refunded', 'cover_refunded')), 0) as refunded,
        coalesce(sum(e.amount_minor) filter (where a.kind in ('gift_lost', 'cover_lost')), 0) as lost,
        coalesce(sum(e.amount_minor) filter (where a.kind in ('provider_balance', 'processing_fees', 'dispute_fees')), 0) as held
      from private.ledger_entries e join private.ledger_accounts a on a.id = e.account_id group by a.currency`,
  );
  for (const { currency, captured, refunded, lost } of currencies) {
    const ours = ledger.find((each) => each.currency === currency);
    const theirs = captured - refunded - lost - (disputed.get(currency) ?? 0);
    if (Number(ours?.held ?? 0) !== theirs || Number(ours?.captured ?? 0) !== captured)
      throw new Broken("the ledger is not what the provider took, returned and lost", {
        currency,
        provider: { captured, refunded, lost, disputed: disputed.get(currency) ?? 0, held: theirs },
        ledger: ours ?? null,
      });
  }
}

/** Totals are what the gift accounts come to; what covers fees is apart. */
async function checkTotals(world: World): Promise<void> {
  const wrong = await world.ask(
    (sql) => sql`
      select t.campaign_id, t.raised_minor, t.refunded_minor, t.disputed_minor, g.raised, g.refunded, g.disputed
      from public.campaign_totals t
      cross join lateral (
        select coalesce(-sum(e.amount_minor) filter (where a.kind in ('gift_captured', 'gift_refunded', 'gift_lost')), 0) as raised,
          coalesce(sum(e.amount_minor) filter (where a.kind = 'gift_refunded'), 0) as refunded,
          coalesce(sum(e.amount_minor) filter (where a.kind = 'gift_disputed'), 0) as disputed
        from private.ledger_accounts a join private.ledger_entries e on e.account_id = a.id where a.campaign_id = t.campaign_id
      ) g
      where (t.raised_minor, t.refunded_minor, t.disputed_minor) is distinct from (g.raised, g.refunded, g.disputed)`,
  );
  if (wrong.length > 0) throw new Broken("totals are not the gift accounts", wrong);
}

/** At most one charge of a pledge keeps money, and none is of a pledge that we do not know. @returns all intents */
async function checkCharges(world: World): Promise<readonly Stripe.PaymentIntent[]> {
  const all: Stripe.PaymentIntent[] = [];
  const kept = new Map<string, Stripe.PaymentIntent[]>();
  const unbooked: Stripe.PaymentIntent[] = [];
  for await (const intent of world.provider.paymentIntents.list({ limit: 100, expand: ["data.latest_charge"] })) {
    all.push(intent);
    const pledge = intent.metadata["pledge"] ?? "";
    const charge = intent.latest_charge as Stripe.Charge | null;
    const holds = intent.status === "requires_capture" ? intent.amount : 0;
    const has = charge?.captured ? charge.amount_captured - charge.amount_refunded : holds;
    if (has > 0) kept.set(pledge, [...(kept.get(pledge) ?? []), intent]);
    if (intent.status === "succeeded") unbooked.push(intent);
  }
  for (const [pledge, list] of kept)
    if (list.length > 1)
      throw new Broken("two charges of one pledge keep money", { pledge, intents: list.map(({ id }) => id) });
  const ids = unbooked.map(({ id }) => id);
  const known = await world.ask(
    (sql) =>
      sql<
        { intent_id: string }[]
      >`select intent_id from public.payments where intent_id = any (${ids}) and captured_minor > 0`,
  );
  const lost = ids.filter((id) => !known.some(({ intent_id: ours }) => ours === id));
  if (lost.length > 0) throw new Broken("money was taken and no payment of ours says so", lost);
  return all;
}

/** Whatever an answer said is still so. */
async function checkAcknowledged(world: World): Promise<void> {
  const { known, refunds, events, campaigns } = world.acknowledged;
  const pledges = await world.ask(
    (sql) => sql<{ id: string; campaign_id: string }[]>`select id, campaign_id from public.pledges`,
  );
  for (const gift of known) {
    const row = pledges.find(({ id }) => id === gift.pledgeId);
    if (row?.campaign_id !== world.scene.campaigns[gift.campaign]?.id)
      throw new Broken("a pledge that was acknowledged is lost", { gift, row: row ?? null });
  }
  const refundRows = await world.ask(
    (sql) => sql<{ id: string; payment_id: string; amount: number; status: string; open: boolean }[]>`
      select id, payment_id, amount_minor::int as amount, status::text,
        status = 'pending' and refund_id is null and not (needs_approval and approved_at is null) as open from public.refunds`,
  );
  for (const refund of refunds.values()) {
    const row = refundRows.find(({ id }) => id === refund.id);
    if (row?.payment_id !== refund.paymentId || row.amount !== refund.amountMinor)
      throw new Broken("a refund that was acknowledged is lost", { refund, row: row ?? null });
    if (row.open) throw new Broken("a refund that was acknowledged never went to the provider", { refund, row });
  }
  const inbox = await world.ask(
    (sql) => sql<{ id: string; state: string }[]>`select id, state::text from private.webhook_events`,
  );
  const states = new Map(inbox.map(({ id, state }) => [id, state]));
  for (const id of events) {
    const state = states.get(id);
    if (state === undefined) throw new Broken("a webhook that was acknowledged is lost", { id });
    if (state === "stored" || state === "parked")
      throw new Broken("a webhook that was acknowledged was never applied", { id, state });
  }
  const rows = await world.ask(
    (sql) => sql<{ id: string; status: string }[]>`select id, status::text from public.campaigns`,
  );
  for (const [number, status] of campaigns) {
    const row = rows.find(({ id }) => id === world.scene.campaigns[number]?.id);
    if (row?.status !== status)
      throw new Broken("a campaign's change that was acknowledged is lost", { number, status, row: row ?? null });
  }
}
