import type postgres from "postgres";

/** A campaign that was made a moment ago, and how long ago that is to have been. */
export interface Aged {
  readonly slug: string;
  /** In minutes, as everything here. */
  readonly opened: number;
  /** Since it was completed or paused. */
  readonly closed: number;
  readonly gifts: readonly {
    /** The Idempotency-Key under which it was given. */
    readonly key: string;
    readonly age: number;
  }[];
}

/** Whose rows may not be changed, only added to: here, and nowhere else, their moments are. */
const GUARDED = [
  "public.campaigns",
  "public.pledges",
  "public.payments",
  "private.payment_transitions",
  "private.pledge_transitions",
  "private.payment_attempts",
  "private.ledger_accounts",
  "private.ledger_transactions",
] as const;

/**
 * Moves a history that was made through the real verbs into the past: every moment of a gift by the gift's own age, so that what
 * came after what stays as it was. Amounts, states and order are not touched.
 *
 * The one place that changes rows of the books, as their owner and in one transaction. Only on the embedded stack's own
 * database, and only gifts that were given under the keys that are named.
 * @param note writes down in the same transaction that it was done: moved twice they would be twice as old
 * @returns how many gifts were moved
 * @throws Error on any other database; nothing is changed then
 */
export async function ageHistory(
  sql: postgres.Sql,
  campaigns: readonly Aged[],
  note: (tx: postgres.TransactionSql) => Promise<void> = async () => {},
): Promise<number> {
  return await sql.begin(async (tx) => {
    await assertOwn(tx);
    // Who writes meanwhile waits a moment; who has written for long is not waited for.
    await tx`set local lock_timeout = '10s'`;
    for (const table of GUARDED) await tx.unsafe(`alter table ${table} disable trigger user`);
    const moved = await ageGifts(tx, campaigns);
    await ageCampaigns(tx, campaigns);
    for (const table of GUARDED) await tx.unsafe(`alter table ${table} enable trigger user`);
    await note(tx);
    // What was kept of their pages is no longer true.
    const kept = { keys: campaigns.map(({ slug }) => ({ cache: "campaign", key: slug })), tags: ["campaigns"] };
    await tx`select public.publish_cache_invalidation(${tx.json(kept)})`;
    return moved;
  });
}

/**
 * Whether everything that follows from these gifts has come: the money taken and counted, the mails sent, the provider heard. What
 * came after they were moved would bear today's date.
 */
export async function hasComeToRest(sql: postgres.Sql, campaigns: readonly Aged[]): Promise<boolean> {
  const keys = campaigns.flatMap(({ gifts }) => gifts.filter(({ age }) => age > 0).map(({ key }) => key));
  const [row] = await sql<{ rests: boolean }[]>`
    with given as (
      select p.id, p.status, y.intent_id, y.charge_id
      from private.idempotency_keys k
      join public.pledges p on p.idempotency_id = k.id
      join public.payments y on y.pledge_id = p.id
      where k.route = 'POST /api/v1/pledges' and k.key = any (${keys})
    )
    select not exists (select from given g where g.status in ('pending', 'captured'))
      and not exists (select from given g join private.outbox o on o.aggregate_id = g.id
        where o.published_at is null or not exists (select from private.processed_events e where e.event_id = o.id))
      and not exists (select from given g where g.status = 'completed' and not exists (
        select from private.giving_mails m where m.pledge_id = g.id and m.kind = 'receipt' and m.sent_at is not null))
      and not exists (select from given g join private.giving_mails m on m.pledge_id = g.id where m.sent_at is null)
      and not exists (select from given g join private.webhook_events w on w.object_id in (g.intent_id, g.charge_id)
        where w.state in ('stored', 'parked') or w.received_at > now() - interval '5 seconds') as rests`;
  return row?.rests ?? false;
}

/** @throws Error without the stack's mark, or on another machine than this one */
async function assertOwn(sql: postgres.TransactionSql): Promise<void> {
  const [place] = await sql<{ local: boolean; marked: string | null }[]>`
    select inet_server_addr() << '127.0.0.0/8'::inet as local, to_regclass('devstack.identity')::text as marked`;
  const [mark] = place?.local && place.marked ? await sql`select 1 from devstack.identity` : [];
  if (!mark) throw new Error("This database is not the embedded stack's own, so its history stays as it is.");
}

async function ageGifts(sql: postgres.TransactionSql, campaigns: readonly Aged[]): Promise<number> {
  const gifts = campaigns.flatMap((campaign) => campaign.gifts).filter(({ age }) => age > 0);
  await sql`
    create temporary table aging on commit drop as
    select p.id as pledge_id, y.id as payment_id, p.idempotency_id, y.intent_id, y.charge_id, make_interval(mins => g.age) as age
    from jsonb_to_recordset(${sql.json(gifts)}) as g(key text, age integer)
    join private.idempotency_keys k on k.key = g.key and k.route = 'POST /api/v1/pledges'
    join public.pledges p on p.idempotency_id = k.id
    join public.payments y on y.pledge_id = p.id`;
  const move = (table: string, columns: readonly string[], where: string) =>
    sql.unsafe(
      `update ${table} t set ${columns.map((column) => `${column} = t.${column} - a.age`).join(", ")} from aging a where ${where}`,
    );
  // What is told of by an event before the events themselves, which name it.
  await move(
    "private.processed_events",
    ["at"],
    "t.event_id in (select o.id from private.outbox o where o.aggregate_id = a.pledge_id)",
  );
  await move("private.outbox", ["created_at", "published_at"], "t.aggregate_id = a.pledge_id");
  await move("public.pledges", ["created_at", "updated_at"], "t.id = a.pledge_id");
  await move("public.payments", ["created_at", "updated_at", "capture_before"], "t.id = a.payment_id");
  await move("private.payment_cards", ["noted_at"], "t.payment_id = a.payment_id");
  await move("private.payment_attempts", ["at"], "t.payment_id = a.payment_id");
  await move("private.payment_transitions", ["at"], "t.payment_id = a.payment_id");
  await move("private.pledge_transitions", ["at"], "t.pledge_id = a.pledge_id");
  await move("private.ledger_transactions", ["at"], "t.payment_id = a.payment_id");
  await move("private.provider_calls", ["first_tried_at", "last_tried_at"], "t.subject_id = a.payment_id");
  await move(
    "private.webhook_events",
    ["created", "received_at", "settled_at"],
    "t.object_id in (a.intent_id, a.charge_id)",
  );
  await move("private.giving_mails", ["created_at", "sent_at"], "t.pledge_id = a.pledge_id");
  await move("private.idempotency_keys", ["created_at", "settled_at"], "t.id = a.idempotency_id");
  const [moved] = await sql<{ gifts: number }[]>`select count(distinct pledge_id)::int as gifts from aging`;
  return moved?.gifts ?? 0;
}

async function ageCampaigns(sql: postgres.TransactionSql, campaigns: readonly Aged[]): Promise<void> {
  const ages = campaigns.map(({ slug, opened, closed }) => ({ slug, opened, closed }));
  await sql`
    create temporary table campaign_aging on commit drop as
    select c.id, make_interval(mins => g.opened) as opened, make_interval(mins => g.closed) as closed,
      c.status in ('paused', 'completed') as is_closed
    from jsonb_to_recordset(${sql.json(ages)}) as g(slug text, opened integer, closed integer) join public.campaigns c on c.slug = g.slug`;
  await sql`
    update public.campaigns c set created_at = c.created_at - a.opened, published_at = c.published_at - a.opened,
      updated_at = c.updated_at - case when a.is_closed then a.closed else a.opened end, closed_at = c.closed_at - a.closed
    from campaign_aging a where c.id = a.id`;
  await sql`
    update private.outbox o set created_at = o.created_at - e.age, published_at = o.published_at - e.age
    from (
      select x.id, case when x.data ->> 'status' in ('paused', 'completed') then a.closed else a.opened end as age
      from private.outbox x join campaign_aging a on a.id = x.aggregate_id
    ) e where o.id = e.id`;
  await sql`update private.ledger_accounts l set created_at = l.created_at - a.opened from campaign_aging a where l.campaign_id = a.id`;
}
