import type postgres from "postgres";
import { disputeFee } from "../../../devstack/stripe/resources/balance.ts";

/** How a payment went. */
export type Way =
  | "unsent"
  | "pending"
  | "held"
  | "canceled"
  | "taken"
  | "refunded"
  | "refunded_whole"
  | "refund_pending"
  | "refund_failed"
  | "disputed"
  | "dispute_won"
  | "dispute_lost";

/** One of our payments, as far as the provider has a part in it. Amounts in minor units. */
export interface Row {
  readonly way: Way;
  readonly paymentId: string;
  readonly pledgeId: string;
  readonly currency: string;
  readonly totalMinor: number;
  /** Its own 32 digits, which the ids of all its objects carry. */
  readonly hex: string;
  readonly refundMinor: number;
  /** When it was made, in seconds. */
  readonly created: number;
}

/** Before the newest payment, in seconds: at the edges of a window clocks may differ, and a comparison leaves them out. */
const EDGE = 2 * 3600;
const CURRENCIES = ["EUR", "USD", "GBP", "JPY"];

/** One payment after another by the money functions themselves, so that what they keep true is true of all of them. */
const MAKE = `
create table if not exists private.many (n integer primary key, payment_id uuid not null unique, way text not null);
create or replace function private.make_many(p_first integer, p_last integer, p_unsent integer, p_campaigns jsonb)
returns void
language plpgsql
as $$
declare
  v_campaign jsonb;
  v_key uuid;
  v_way text;
  v_id uuid;
  v_hex text;
  v_total bigint;
  v_fact jsonb;
begin
  for n in p_first .. p_last loop
    v_campaign := p_campaigns -> (n % jsonb_array_length(p_campaigns));
    v_way := case
      when n <= p_unsent then 'unsent'
      else coalesce((array['pending', 'pending', 'held', 'held', 'held', 'held', 'canceled', 'canceled', 'refunded', 'refunded', 'refunded',
        'refunded_whole', 'refunded_whole', 'refund_pending', 'refund_failed', 'disputed', 'dispute_won', 'dispute_lost'])[n % 200 + 1], 'taken')
    end;
    v_key := gen_random_uuid();
    insert into private.idempotency_keys (id, route, caller, key, fingerprint, lease_until)
    values (v_key, 'many', repeat('0', 64), v_key::text, repeat('0', 64), now() + interval '1 day');
    v_id := (public.make_pledge(v_key, 1, jsonb_build_object('campaignId', v_campaign ->> 'id', 'amountMinor', 500 + n * 37 % 20000,
      'currency', v_campaign ->> 'currency', 'coverFees', n % 3 = 0, 'donor', jsonb_build_object('name', 'Donor ' || n,
      'email', 'donor' || n || '@example.test', 'anonymous', n % 2 = 0)), '') -> 'payment' ->> 'id')::uuid;
    insert into private.many values (n, v_id, v_way);
    continue when v_way = 'unsent';
    v_hex := replace(v_id::text, '-', '');
    perform public.record_intent(v_id, 'pi_' || v_hex);
    continue when v_way = 'pending';
    select p.gift_minor + p.cover_minor into v_total from public.payments p where p.id = v_id;
    v_fact := jsonb_build_object('cause', 'webhook', 'kind', 'many', 'intentId', 'pi_' || v_hex, 'chargeId', 'ch_' || v_hex,
      'amountMinor', v_total, 'currency', v_campaign ->> 'currency', 'captureBefore', now() + interval '6 days');
    if v_way in ('held', 'canceled') then
      perform public.apply_payment_event(v_fact || '{"to": "authorized"}');
      if v_way = 'canceled' then
        perform public.apply_payment_event(v_fact - 'amountMinor' - 'currency' || '{"to": "canceled", "status": "canceled"}');
      end if;
      continue;
    end if;
    perform public.apply_payment_event(v_fact || '{"to": "completed"}');
    v_fact := jsonb_build_object('cause', 'webhook', 'intentId', 'pi_' || v_hex, 'chargeCaptured', true,
      'currency', v_campaign ->> 'currency', 'readAt', now());
    if v_way like 'refund%' then
      perform public.record_refund(v_fact || jsonb_build_object('refundId', 're_' || v_hex,
        'amountMinor', case v_way when 'refunded_whole' then v_total else v_total / 2 end,
        'status', case v_way when 'refund_pending' then 'pending' when 'refund_failed' then 'failed' else 'succeeded' end));
    elsif v_way like 'dispute%' then
      perform public.record_dispute(v_fact || jsonb_build_object('disputeId', 'dp_' || v_hex, 'amountMinor', v_total, 'reason', 'fraudulent',
        'feeMinor', v_campaign -> 'disputeFee',
        'status', case v_way when 'dispute_won' then 'won' when 'dispute_lost' then 'lost' else 'needs_response' end));
    end if;
  end loop;
end;
$$;
create or replace function private.unwatched(p_table text, p_do text)
returns void
language plpgsql
as $$
begin
  execute 'alter table ' || p_table || ' disable trigger user';
  execute p_do;
  execute 'alter table ' || p_table || ' enable trigger user';
end;
$$`;

/** Rows of a transaction: each commits what it made. */
const BATCH = 1_000;

/**
 * Makes payments of every way, in four currencies, over `days` up to two hours ago.
 * @param unsent how many of them the provider has not been told of
 * @param folded whether what they mean is folded into the totals; otherwise their events wait to be published
 * @returns them, oldest first
 */
export async function makePayments(
  sql: postgres.Sql,
  count: number,
  { days, unsent, atOnce = 1, folded = true }: { days: number; unsent: number; atOnce?: number; folded?: boolean },
): Promise<Row[]> {
  await sql.unsafe(MAKE);
  const campaigns = await makeCampaigns(sql);
  const starts = Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => index * BATCH + 1);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let first = starts.shift(); first !== undefined; first = starts.shift()) {
        const last = Math.min(first + BATCH - 1, count);
        await sql`select private.make_many(${first}, ${last}, ${unsent}, ${sql.json(campaigns)})`;
      }
    }),
  );
  const age = (n: string) =>
    `now() - interval '${EDGE} seconds' - (${count} - ${n}) * interval '${days} days' / ${count}`;
  await unwatched(
    sql,
    "public.payments",
    `update public.payments p set created_at = ${age("m.n")} from private.many m where m.payment_id = p.id`,
  );
  for (const table of ["public.refunds", "public.disputes"])
    await unwatched(
      sql,
      table,
      `update ${table} r set created_at = p.created_at from public.payments p where p.id = r.payment_id`,
    );
  if (folded) await foldAll(sql);
  await sql.unsafe("analyze");
  return readRows(sql);
}

/** Does something to a table that none of its triggers sees. */
async function unwatched(sql: postgres.Sql, table: string, statement: string): Promise<void> {
  await sql`select private.unwatched(${table}, ${statement})`;
}

/** As relay and projector would: every event is published, and counted. */
export async function foldAll(sql: postgres.Sql): Promise<void> {
  for (;;) {
    const rows = await sql<{ id: string }[]>`
      update private.outbox set published_at = now()
      where id in (select o.id from private.outbox o where o.published_at is null and o.dead_at is null order by o.position limit 2000)
      returning id`;
    if (rows.length === 0) return;
    await sql`select public.project_totals(${rows.map(({ id }) => id)})`;
  }
}

async function makeCampaigns(sql: postgres.Sql): Promise<{ id: string; currency: string; disputeFee: number }[]> {
  const [owner] = await sql<{ id: string }[]>`
    insert into auth.users (id, email) values (gen_random_uuid(), 'many@example.test') returning id`;
  await sql`insert into public.user_roles (user_id, role) values (${owner?.id ?? ""}, 'campaign_admin') on conflict do nothing`;
  const campaigns = [];
  for (const currency of CURRENCIES) {
    const wish = {
      title: `Water, in ${currency}`,
      summary: "A well.",
      story: "Dig.",
      goalMinor: 100_000_000,
      currency,
    };
    const [made] = await sql<{ id: string }[]>`
      select public.create_campaign(${owner?.id ?? ""}, ${sql.json(wish)}, '') -> 'campaign' ->> 'id' as id`;
    const id = made?.id ?? "";
    await sql`select public.update_campaign(${owner?.id ?? ""}, ${id}, 1, '{"status": "active"}', '')`;
    campaigns.push({ id, currency, disputeFee: disputeFee(currency.toLowerCase()) });
  }
  return campaigns;
}

async function readRows(sql: postgres.Sql): Promise<Row[]> {
  return sql<Row[]>`
    select m.way, p.id as "paymentId", p.pledge_id as "pledgeId", p.currency, (p.gift_minor + p.cover_minor)::int as "totalMinor",
      replace(p.id::text, '-', '') as hex, coalesce(r.amount_minor, 0)::int as "refundMinor", extract(epoch from p.created_at)::int as created
    from private.many m join public.payments p on p.id = m.payment_id left join public.refunds r on r.payment_id = p.id order by m.n`;
}
