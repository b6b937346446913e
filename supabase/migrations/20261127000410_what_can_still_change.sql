-- A comparison begins a week before the last one ended. What is older has changed only if it can still change: a refund that is on its way or that had
-- succeeded (a bank may send it back weeks later), a dispute until the bank has decided, and after that by an appeal. Of those no newer refund or
-- dispute tells, and whoever lost the event never heard of it. Now a run asks for each that is still open by its id, however old it is; and
-- a movement of the provider's balance that an older refund or dispute has made (money that came back, or went once more) has it read again.

-- Whether the run that is going has met an object.
create or replace function private.seen_by_run(object text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select from private.reconciliation_runs r join private.reconciliation_seen s on s.run_id = r.id
    where r.state = 'running' and s.object_id = object);
$$;

-- Our refunds and disputes of these ids, and whether the run that is going has met them.
create or replace function public.read_reconciled_money_back(p_refunds text[], p_disputes text[])
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
  select coalesce(jsonb_agg(r.row), '[]'::jsonb) from (
    select jsonb_build_object('objectId', r.refund_id, 'paymentId', y.id, 'pledgeId', y.pledge_id, 'campaignId', y.campaign_id,
      'intentId', y.intent_id, 'status', r.status, 'amountMinor', r.amount_minor, 'currency', r.currency, 'seen', private.seen_by_run(r.refund_id)) as row
    from public.refunds r join public.payments y on y.id = r.payment_id where r.refund_id = any (p_refunds)
    union all
    select jsonb_build_object('objectId', d.dispute_id, 'paymentId', y.id, 'pledgeId', y.pledge_id, 'campaignId', y.campaign_id,
      'intentId', y.intent_id, 'status', d.status, 'amountMinor', d.amount_minor, 'currency', d.currency, 'seen', private.seen_by_run(d.dispute_id))
    from public.disputes d join public.payments y on y.id = d.payment_id where d.dispute_id = any (p_disputes)
  ) r;
$$;

create index refunds_unfinished on public.refunds (refund_id) where refund_id is not null and status in ('pending', 'requires_action');
create index disputes_unfinished on public.disputes (dispute_id)
  where status in ('needs_response', 'under_review', 'warning_needs_response', 'warning_under_review');

-- What we have of the run's window and the provider has not shown, and what is older and not at its end; after p_after, by the provider's id.
-- An hour at each end of the window is left out: there our clock and the provider's may differ about which side it is on.
create or replace function public.list_unseen_objects(p_run uuid, p_after text, p_limit integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'at', u.at) order by u.id collate "C"), '[]'::jsonb)
  from (
    select o.id, o.at from private.reconciliation_runs r
    cross join lateral (
      select w.id, w.at from (
        select y.intent_id as id, y.created_at as at from public.payments y where y.intent_id is not null
        union all select f.refund_id, f.created_at from public.refunds f where f.refund_id is not null
        union all select d.dispute_id, d.created_at from public.disputes d
      ) w where w.at between r.window_from + interval '1 hour' and r.window_to - interval '1 hour'
      union all
      select f.refund_id, f.created_at from public.refunds f
      where f.refund_id is not null and f.status in ('pending', 'requires_action') and f.created_at < r.window_from + interval '1 hour'
      union all
      select d.dispute_id, d.created_at from public.disputes d
      where d.status in ('needs_response', 'under_review', 'warning_needs_response', 'warning_under_review')
        and d.created_at < r.window_from + interval '1 hour'
    ) o
    where r.id = p_run and o.id collate "C" > coalesce(p_after, '') collate "C"
      and not exists (select from private.reconciliation_seen s where s.run_id = r.id and s.object_id = o.id)
    order by o.id collate "C" limit least(greatest(p_limit, 1), 500)
  ) u;
$$;

-- Writes what a page showed, and moves the run on, in one transaction. A page of a place that the run has left is not counted again; an empty
-- one is a page too (a week without any payment ended each run at its first page).
create or replace function public.record_reconciliation_page(p_run uuid, p_stage text, p_last_id text, p_page jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run private.reconciliation_runs;
begin
  select r.* into v_run from private.reconciliation_runs r where r.id = p_run for update;
  if v_run.id is null then
    perform private.refuse(404, 'not_found', 'There is no such run.');
  end if;
  if v_run.state <> 'running' or v_run.stage <> p_stage or v_run.last_id is distinct from p_last_id then
    return private.reconciliation_view(v_run);
  end if;
  insert into private.reconciliation_seen (run_id, object_id)
  select p_run, s from jsonb_array_elements_text(p_page -> 'seen') s on conflict do nothing;
  insert into private.reconciliation_sums as s (run_id, currency, kind, theirs_minor, ours_minor)
  select p_run, x.currency, x.kind, sum(x."theirsMinor"), sum(x."oursMinor")
  from jsonb_to_recordset(p_page -> 'sums') x (currency text, kind text, "theirsMinor" bigint, "oursMinor" bigint)
  group by x.currency, x.kind
  on conflict (run_id, currency, kind) do update
    set theirs_minor = s.theirs_minor + excluded.theirs_minor, ours_minor = s.ours_minor + excluded.ours_minor;
  insert into private.reconciliation_discrepancies as d (kind, object_id, object_at, payment_id, pledge_id, campaign_id, currency,
    difference_minor, theirs, ours, proposal, first_run, last_run)
  select x.kind, x."objectId", x.at, x."paymentId", x."pledgeId", x."campaignId", x.currency, x."differenceMinor",
    coalesce(x.theirs, '{}'), coalesce(x.ours, '{}'), x.proposal, p_run, p_run
  from jsonb_to_recordset(p_page -> 'discrepancies') x (kind text, "objectId" text, at timestamptz, "paymentId" uuid, "pledgeId" uuid,
    "campaignId" uuid, currency text, "differenceMinor" bigint, theirs jsonb, ours jsonb, proposal text)
  -- What somebody has decided stays decided, as long as it is the same difference.
  where not exists (select from private.reconciliation_discrepancies o where o.kind = x.kind and o.object_id = x."objectId"
    and o.state = 'dismissed' and o.theirs = coalesce(x.theirs, '{}') and o.ours = coalesce(x.ours, '{}'))
  on conflict (kind, object_id) where state = 'open' do update
    set last_run = p_run, theirs = excluded.theirs, ours = excluded.ours, difference_minor = excluded.difference_minor;
  update private.reconciliation_runs r set
    stage = p_page ->> 'nextStage', last_id = p_page ->> 'nextLastId', touched_at = now(),
    counts = (select coalesce(jsonb_object_agg(k.key, k.total), '{}'::jsonb) from (
      select c.key, sum(c.value::bigint) as total
      from (select * from jsonb_each_text(r.counts) union all select * from jsonb_each_text(p_page -> 'counts')) c
      group by c.key) k)
  where r.id = p_run
  returning * into v_run;
  return private.reconciliation_view(v_run);
end;
$$;

-- Ends a run. A difference that it looked for and did not find again is gone: one of its window, or of an older object that it has met.
create or replace function public.finish_reconciliation(p_run uuid, p_error text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run private.reconciliation_runs;
begin
  select r.* into v_run from private.reconciliation_runs r where r.id = p_run for update;
  if v_run.id is null then
    perform private.refuse(404, 'not_found', 'There is no such run.');
  end if;
  if v_run.state <> 'running' then
    return private.reconciliation_view(v_run);
  end if;
  if p_error is null and v_run.stage <> 'done' then
    perform private.refuse(409, 'conflict', 'The run is not at its end.');
  end if;
  if p_error is null then
    update private.reconciliation_discrepancies d set state = 'gone', decided_at = now()
    where d.state = 'open' and d.last_run <> p_run and (d.object_at between v_run.window_from and v_run.window_to
      or exists (select from private.reconciliation_seen s where s.run_id = p_run and s.object_id = d.object_id));
  end if;
  delete from private.reconciliation_seen s where s.run_id = p_run;
  update private.reconciliation_runs r
  set state = case when p_error is null then 'completed' else 'failed' end, error = left(p_error, 500), finished_at = now(), touched_at = now()
  where r.id = p_run returning * into v_run;
  return private.reconciliation_view(v_run);
end;
$$;

revoke all on function private.seen_by_run(text) from public, anon, authenticated, service_role;
