-- The projector: folds events into the totals, each once, in whatever order they come.

create table private.processed_events (
  consumer text not null,
  event_id uuid not null,
  at timestamptz not null default now(),
  primary key (consumer, event_id)
);

-- Who has captured money in a campaign: what donors are counted by.
create table private.campaign_donors (
  campaign_id uuid not null references public.campaigns (id),
  email_hash text not null,
  primary key (campaign_id, email_hash)
);

revoke all on private.processed_events, private.campaign_donors from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but functions.
alter table private.processed_events enable row level security;
alter table private.campaign_donors enable row level security;

-- What the totals owe to each event; each row is one effect, and effects are sums. Without a search path of its own, so that
-- it is planned as part of who asks, with the index on event_id: every name in it is qualified.
create or replace function private.totals_effects()
returns table (
  event_id uuid, campaign_id uuid, pending bigint, raised bigint, refunded bigint, disputed bigint,
  pledges integer, completed integer, failed integer, donor text
)
language sql
stable
begin atomic
  select p.event_id, p.campaign_id, p.gift_minor, 0::bigint, 0::bigint, 0::bigint, 1, 0, 0, null::text
  from public.pledges p
  union all
  select t.event_id, p.campaign_id,
    p.gift_minor * ((t.to_status = 'pending')::integer - (t.from_status = 'pending')::integer), 0::bigint, 0::bigint, 0::bigint,
    (t.from_status in ('failed', 'canceled'))::integer - (t.to_status in ('failed', 'canceled'))::integer,
    (t.to_status = 'completed')::integer,
    (t.to_status = 'failed')::integer - (t.from_status = 'failed')::integer, null::text
  from private.pledge_transitions t join public.pledges p on p.id = t.pledge_id
  union all
  select t.event_id, m.campaign_id, 0::bigint,
    coalesce(-sum(e.amount_minor) filter (where a.kind in ('gift_captured', 'gift_refunded', 'gift_lost')), 0)::bigint,
    coalesce(sum(e.amount_minor) filter (where a.kind = 'gift_refunded'), 0)::bigint,
    coalesce(sum(e.amount_minor) filter (where a.kind = 'gift_disputed'), 0)::bigint,
    0, 0, 0, case when t.cause = 'capture' then d.email_hash end
  from private.ledger_transactions t
  join private.ledger_entries e on e.transaction_id = t.id
  join private.ledger_accounts a on a.id = e.account_id
  join public.payments m on m.id = t.payment_id
  join public.pledge_donors d on d.pledge_id = m.pledge_id
  group by t.event_id, t.id, m.campaign_id, t.cause, d.email_hash;
end;

-- Folds these events and answers the totals of every campaign that they touch, whether folded now or before. An id that
-- names nothing of ours is left alone, so that it can still come to mean something.
create or replace function public.project_totals(p_event_ids uuid[])
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_known uuid[];
  v_new uuid[];
  v_counts jsonb;
  v_campaigns uuid[];
  v_answer jsonb;
begin
  select array_agg(distinct f.campaign_id), array_agg(distinct f.event_id) into v_campaigns, v_known
  from private.totals_effects() f where f.event_id = any (p_event_ids);
  -- In one order, so that two projectors with the same events wait for each other and never both.
  with fresh as (
    insert into private.processed_events (consumer, event_id)
    select 'totals', i.id
    from (select distinct unnest(p_event_ids) as id) i
    where i.id = any (v_known) or exists (select from private.outbox o where o.id = i.id)
    order by i.id
    on conflict do nothing
    returning event_id
  )
  select array_agg(f.event_id) into v_new from fresh f;
  if v_campaigns is null then
    return '[]'::jsonb;
  end if;
  perform 1 from public.campaign_totals t where t.campaign_id = any (v_campaigns) order by t.campaign_id for no key update;
  with effects as materialized (
    select * from private.totals_effects() f where f.event_id = any (v_new)
  ), donors as (
    insert into private.campaign_donors (campaign_id, email_hash)
    select distinct f.campaign_id, f.donor from effects f where f.donor is not null
    order by 1, 2
    on conflict do nothing
    returning campaign_id
  ), sums as (
    select f.campaign_id, sum(f.pending) as pending, sum(f.raised) as raised, sum(f.refunded) as refunded, sum(f.disputed) as disputed,
      sum(f.pledges) as pledges, sum(f.completed) as completed, sum(f.failed) as failed, count(distinct f.event_id) as events,
      (select count(*) from donors d where d.campaign_id = f.campaign_id) as donors
    from effects f group by f.campaign_id
  ), folded as (
    update public.campaign_totals t
    set pending_minor = t.pending_minor + s.pending, raised_minor = t.raised_minor + s.raised,
      refunded_minor = t.refunded_minor + s.refunded, disputed_minor = t.disputed_minor + s.disputed,
      pledge_count = t.pledge_count + s.pledges, completed_count = t.completed_count + s.completed,
      failed_count = t.failed_count + s.failed, donor_count = t.donor_count + s.donors,
      version = t.version + s.events, as_of = clock_timestamp()
    from sums s where t.campaign_id = s.campaign_id
  )
  select jsonb_object_agg(s.campaign_id, s.events) into v_counts from sums s;
  select jsonb_agg(jsonb_build_object('campaignId', t.campaign_id, 'slug', c.slug,
    'applied', coalesce(v_counts -> t.campaign_id::text, '0'::jsonb),
    'totals', public.campaign_view(c, t) -> 'totals') order by t.campaign_id) into v_answer
  from public.campaign_totals t join public.campaigns c on c.id = t.campaign_id
  where t.campaign_id = any (v_campaigns);
  return v_answer;
end;
$$;

-- Events of giving that were published a while ago and have not been folded: the backstop's list.
create or replace function public.list_unprojected(p_older_seconds integer, p_limit integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(u.id), '[]'::jsonb)
  from (
    select o.id from private.outbox o
    where o.published_at < now() - make_interval(secs => greatest(p_older_seconds, 0))
      and o.aggregate_type = 'pledge' and o.name like 'giving/%'
      and not exists (select from private.processed_events e where e.consumer = 'totals' and e.event_id = o.id)
    order by o.published_at
    limit least(greatest(p_limit, 1), 1000)
  ) u;
$$;

revoke all on function private.totals_effects() from public, anon, authenticated, service_role;
revoke all on function public.project_totals(uuid[]) from public, anon, authenticated;
revoke all on function public.list_unprojected(integer, integer) from public, anon, authenticated;
grant execute on function public.project_totals(uuid[]) to service_role;
grant execute on function public.list_unprojected(integer, integer) to service_role;
