-- The same for less: what a pledge and a folded event cost, measured by bench/giving-sql.ts.

-- A pledge and a payment begin as pending: asked before a function is called, which then only has to refuse.
drop trigger pledges_guard on public.pledges;
create trigger pledges_guard before update on public.pledges for each row execute function private.guard_pledge();
create trigger pledges_begin before insert on public.pledges
  for each row when (new.status <> 'pending') execute function private.guard_pledge();
drop trigger payments_guard on public.payments;
create trigger payments_guard before update on public.payments for each row execute function private.guard_payment();
create trigger payments_begin before insert on public.payments
  for each row when (new.state <> 'pending') execute function private.guard_payment();

-- Both are called by definer functions alone, whose search path is empty and whose names are qualified: setting it again for each call
-- is what they spend most on.
alter function private.append_outbox(text, uuid, text, jsonb, text) security invoker;
alter function private.append_outbox(text, uuid, text, jsonb, text) reset search_path;
alter function private.hold_idempotency(uuid, bigint) reset search_path;

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
  -- What they are effects of, found by three indexes; the effects themselves are computed once, of the new ones.
  select array_agg(distinct f.campaign_id), array_agg(distinct f.event_id) into v_campaigns, v_known
  from (
    select p.event_id, p.campaign_id from public.pledges p where p.event_id = any (p_event_ids)
    union all
    select t.event_id, p.campaign_id from private.pledge_transitions t
    join public.pledges p on p.id = t.pledge_id where t.event_id = any (p_event_ids)
    union all
    select t.event_id, m.campaign_id from private.ledger_transactions t
    join public.payments m on m.id = t.payment_id where t.event_id = any (p_event_ids)
  ) f;
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
