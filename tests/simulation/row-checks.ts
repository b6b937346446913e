import type Stripe from "stripe";
import { Broken } from "./acknowledged.ts";
import type { World } from "./world.ts";

/**
 * What must be so of our rows, told from the rows alone: what constraints and guards hold, so that one that is gone is seen by what it
 * let in. Beside the invariants of the product (`check_invariants`), which say it of money.
 */
const AT_EVERY_MOMENT = `
  select 'an event stands in the inbox twice' as kind, w.id as subject from private.webhook_events w group by w.id having count(*) > 1
  union all
  select 'a try of a card counts twice', a.charge_id || ' ' || a.outcome from private.payment_attempts a
    where a.charge_id is not null group by a.charge_id, a.outcome having count(*) > 1
  union all
  select 'two payments of a pledge have one number', p.pledge_id::text from public.payments p group by p.pledge_id, p.number having count(*) > 1
  union all
  select 'one key made two payments', p.idempotency_id::text from public.payments p
    where p.idempotency_id is not null group by p.idempotency_id having count(*) > 1
  union all
  select 'one key asked for two refunds', r.idempotency_id::text from public.refunds r
    where r.idempotency_id is not null group by r.idempotency_id having count(*) > 1
  union all
  select 'two comparisons run at once', string_agg(r.id::text, ' ') from private.reconciliation_runs r
    where r.state = 'running' having count(*) > 1
  union all
  select 'a large refund went out before a second person had looked', r.id::text from public.refunds r
    where r.refund_id is not null and r.needs_approval and r.approved_at is null
  union all
  select 'more was asked back than was taken', r.payment_id::text
    from public.refunds r join public.payments p on p.id = r.payment_id
    where (r.requested_by is not null or r.reason in ('late_capture', 'campaign_cancelled')) and r.status in ('pending', 'requires_action', 'succeeded')
    group by r.payment_id, p.captured_minor having sum(r.amount_minor) > p.captured_minor
  union all
  select 'a gift that a person was to look at was captured', p.id::text
    from public.payments p join private.payment_cards c on c.payment_id = p.id
    join private.provider_calls k on k.subject_id = p.id and k.operation = 'capture'
    where p.review = 'held' and c.risk_level = 'elevated'
  limit 5`;

/** Money that is left of a payment, refunds that are under way counted as gone. */
const LEFT = `p.captured_minor - p.disputed_minor - p.lost_minor - coalesce((select sum(r.amount_minor) from public.refunds r
  where r.payment_id = p.id and r.status in ('pending', 'requires_action', 'succeeded')), 0)`;
/** A refund that came to nothing is tried again and then told to a person, and what nobody can bring on is a dead letter. */
const GIVEN_UP = `exists (select from public.refunds r where r.payment_id = p.id and r.status in ('failed', 'canceled'))
  or exists (select from private.dead_letters d where d.subject_id in (p.id, p.pledge_id))`;

const AT_REST = `
  select 'a payment never came to rest' as kind, p.id || ' ' || p.state as subject from public.payments p
    where p.state in ('pending', 'authorized', 'captured') and p.review is distinct from 'held' and not (${GIVEN_UP})
  union all
  select 'money of a gift that was let go was kept', p.id::text
    from public.payments p join public.pledges g on g.id = p.pledge_id where g.status = 'canceled' and ${LEFT} > 0 and not (${GIVEN_UP})
  union all
  select 'money of a cancelled campaign was kept', p.id::text
    from public.payments p join public.campaigns c on c.id = p.campaign_id where c.status = 'cancelled' and ${LEFT} > 0 and not (${GIVEN_UP})
  union all
  select 'a gift has no receipt', p.id::text from public.payments p
    where p.state = 'completed' and not exists (select from private.giving_mails m where m.fact = 'receipt:' || p.id and m.sent_at is not null)
      and not exists (select from private.outbox o where o.aggregate_id = p.pledge_id and o.dead_at is not null)
  limit 5`;

interface Found {
  readonly kind: string;
  readonly subject: string;
}

/** What must be so of our rows at every moment. @throws Broken */
export async function checkRows(world: World): Promise<void> {
  refuse(await world.ask((sql) => sql.unsafe<Found[]>(AT_EVERY_MOMENT)));
}

/** What must be so of our rows when nothing is under way any more. @throws Broken */
export async function checkRowsAtRest(world: World): Promise<void> {
  const found = await world.ask((sql) => sql.unsafe<Found[]>(AT_REST));
  // A mail that no try got through is a failed run, which production shows.
  const mailsFail = world.workflows.failed.some(({ functionId }) => functionId.includes("mail-receipt"));
  refuse(found.filter(({ kind }) => !mailsFail || kind !== "a gift has no receipt"));
}

function refuse(found: readonly Found[]): void {
  const [first] = found;
  if (first) throw new Broken(first.kind, found);
}

/** Each object at the provider is known, and was made once. @throws Broken */
export async function checkObjects(world: World, intents: readonly Stripe.PaymentIntent[]): Promise<void> {
  const payments = await world.ask(
    (sql) =>
      sql<
        { id: string; state: string; intent_id: string | null }[]
      >`select id, state::text, intent_id from public.payments`,
  );
  const ofPayment = Map.groupBy(intents, (intent) => intent.metadata["payment"]);
  for (const [payment, list] of ofPayment)
    if (list.length > 1)
      throw new Broken("two intents of one payment", {
        payment,
        intents: list.map(({ id, status }) => ({ id, status })),
      });
  for (const intent of intents) {
    const payment = payments.find(({ intent_id: id }) => id === intent.id);
    if (!payment) throw new Broken("an intent of ours is not known", { id: intent.id, status: intent.status });
    const over = payment.state === "failed" || payment.state === "canceled";
    if (over && intent.status !== "canceled" && intent.status !== "succeeded")
      throw new Broken("a payment ended and its intent goes on", { payment, id: intent.id, status: intent.status });
  }
  const made = new Set<string>();
  for await (const { metadata, id } of world.provider.refunds.list({ limit: 100 })) {
    const ours = metadata?.["refund"];
    if (ours !== undefined && made.has(ours)) throw new Broken("one refund was made twice", { ours, id });
    if (ours !== undefined) made.add(ours);
  }
}
