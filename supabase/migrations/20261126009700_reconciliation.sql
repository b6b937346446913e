-- Reconciliation: what the provider says it took and gave back, compared with our rows object by object; each run kept
-- with its counts and sums, each difference that has no one right answer kept until somebody has decided.

create table private.reconciliation_runs (
  id uuid primary key default gen_random_uuid(),
  cause text not null check (cause in ('schedule', 'payout', 'operator')),
  requested_by uuid references auth.users (id) on delete set null,
  -- When the provider's objects were made that it looks at.
  window_from timestamptz not null,
  window_to timestamptz not null,
  state text not null default 'running' check (state in ('running', 'completed', 'failed')),
  -- Where it is: written with what each page found, so that whoever goes on after a death counts no page twice.
  stage text not null default 'intents' check (stage in ('intents', 'charges', 'refunds', 'disputes', 'balance', 'ours', 'done')),
  -- The last object of the stage that is done.
  last_id text,
  counts jsonb not null default '{}'::jsonb,
  error text,
  started_at timestamptz not null default now(),
  touched_at timestamptz not null default now(),
  finished_at timestamptz,
  check (window_from < window_to),
  check ((state = 'running') = (finished_at is null))
);

-- One at a time: two would heal the same object at once, harmlessly, and report it twice.
create unique index reconciliation_runs_running on private.reconciliation_runs ((true)) where state = 'running';
create index reconciliation_runs_newest on private.reconciliation_runs (started_at desc, id desc);
create index reconciliation_runs_requested on private.reconciliation_runs (requested_by) where requested_by is not null;

-- By currency, the same objects as the provider has them and as we do, after healing. The drift is the difference.
create table private.reconciliation_sums (
  run_id uuid not null references private.reconciliation_runs (id) on delete cascade,
  currency text not null,
  kind text not null check (kind in ('captured', 'refunded', 'lost', 'balance')),
  theirs_minor bigint not null default 0,
  ours_minor bigint not null default 0,
  primary key (run_id, currency, kind)
);

-- What a running one has met, to tell what we have and the provider has not. Emptied when it ends.
create table private.reconciliation_seen (
  run_id uuid not null references private.reconciliation_runs (id) on delete cascade,
  object_id text not null,
  primary key (run_id, object_id)
);

create table private.reconciliation_discrepancies (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  -- The provider's object, or ours where the provider has none.
  object_id text not null,
  object_at timestamptz not null,
  payment_id uuid references public.payments (id),
  pledge_id uuid references public.pledges (id),
  campaign_id uuid references public.campaigns (id),
  currency text,
  -- Minor units: what the provider has less what we have, where it is about an amount.
  difference_minor bigint,
  theirs jsonb not null default '{}'::jsonb,
  ours jsonb not null default '{}'::jsonb,
  proposal text not null,
  state text not null default 'open' check (state in ('open', 'resolved', 'dismissed', 'gone')),
  first_run uuid not null references private.reconciliation_runs (id),
  last_run uuid not null references private.reconciliation_runs (id),
  note text check (char_length(note) <= 1000),
  decided_by uuid references auth.users (id) on delete set null,
  decided_at timestamptz,
  found_at timestamptz not null default now()
);

create unique index reconciliation_discrepancies_open on private.reconciliation_discrepancies (kind, object_id) where state = 'open';
create index reconciliation_discrepancies_campaign on private.reconciliation_discrepancies (campaign_id, state) where campaign_id is not null;
create index reconciliation_discrepancies_newest on private.reconciliation_discrepancies (state, found_at desc, id desc);
create index reconciliation_discrepancies_payment on private.reconciliation_discrepancies (payment_id) where payment_id is not null;
create index reconciliation_discrepancies_pledge on private.reconciliation_discrepancies (pledge_id) where pledge_id is not null;
create index reconciliation_discrepancies_first on private.reconciliation_discrepancies (first_run);
create index reconciliation_discrepancies_last on private.reconciliation_discrepancies (last_run);
create index reconciliation_discrepancies_decided on private.reconciliation_discrepancies (decided_by) where decided_by is not null;

revoke all on private.reconciliation_runs, private.reconciliation_sums, private.reconciliation_seen,
  private.reconciliation_discrepancies from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but functions.
alter table private.reconciliation_runs enable row level security;
alter table private.reconciliation_sums enable row level security;
alter table private.reconciliation_seen enable row level security;
alter table private.reconciliation_discrepancies enable row level security;

create or replace function private.reconciliation_view(run private.reconciliation_runs)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('id', (run).id, 'cause', (run).cause, 'from', (run).window_from, 'to', (run).window_to, 'state', (run).state,
    'stage', (run).stage, 'lastId', (run).last_id, 'counts', (run).counts, 'error', (run).error, 'startedAt', (run).started_at,
    'finishedAt', (run).finished_at,
    'requestedBy', (select f.display_name from public.profiles f where f.id = (run).requested_by),
    'sums', (select coalesce(jsonb_agg(jsonb_build_object('currency', s.currency, 'kind', s.kind, 'theirsMinor', s.theirs_minor,
        'oursMinor', s.ours_minor) order by s.currency, s.kind), '[]'::jsonb)
      from private.reconciliation_sums s where s.run_id = (run).id));
$$;

-- Begins a run, or answers the one that runs. Without p_from: since a week before the end of the last completed one (what was
-- made before then was compared then), or since the first payment.
create or replace function public.start_reconciliation(p_cause text, p_actor uuid, p_from timestamptz)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run private.reconciliation_runs;
  v_from timestamptz := p_from;
begin
  if p_cause = 'operator' and (p_actor is null or not private.person_has_role(p_actor, 'operator')) then
    perform private.refuse(403, 'forbidden', 'Only operators compare with the payment provider.');
  end if;
  if v_from > now() - interval '1 second' then
    perform private.refuse(422, 'rule_broken', 'The comparison begins in the past.');
  end if;
  if v_from is null then
    select max(r.window_to) - interval '7 days' into v_from from private.reconciliation_runs r where r.state = 'completed';
  end if;
  if v_from is null then
    select min(p.created_at) - interval '1 day' into v_from from public.payments p;
  end if;
  insert into private.reconciliation_runs (cause, requested_by, window_from, window_to)
  values (p_cause, p_actor, coalesce(v_from, now() - interval '7 days'), now())
  on conflict do nothing
  returning * into v_run;
  if found then
    perform private.append_outbox('reconciliation', v_run.id, 'giving/reconciliation.requested', jsonb_build_object('runId', v_run.id), '');
    return private.reconciliation_view(v_run) || '{"joined": false}'::jsonb;
  end if;
  select r.* into strict v_run from private.reconciliation_runs r where r.state = 'running';
  return private.reconciliation_view(v_run) || '{"joined": true}'::jsonb;
end;
$$;

-- A run; without an id the one that runs, or null.
create or replace function public.read_reconciliation(p_run uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.reconciliation_view(r) from private.reconciliation_runs r
  where r.id = p_run or (p_run is null and r.state = 'running');
$$;

-- Our payments of these intents, charges and ids, with what the ledger says the provider holds of each.
create or replace function public.read_reconciled_payments(p_intents text[], p_charges text[], p_payments uuid[])
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
  select coalesce(jsonb_agg(jsonb_build_object('paymentId', y.id, 'pledgeId', y.pledge_id, 'campaignId', y.campaign_id, 'state', y.state,
    'currency', y.currency, 'totalMinor', y.gift_minor + y.cover_minor, 'capturedMinor', y.captured_minor,
    'refundedMinor', y.refunded_minor, 'lostMinor', y.lost_minor, 'disputedMinor', y.disputed_minor,
    'processingFeeMinor', y.fee_minor, 'disputeFeesMinor', y.dispute_fee_minor, 'intentId', y.intent_id, 'chargeId', y.charge_id, 'createdAt', y.created_at,
    'ledgerMinor', (select coalesce(sum(e.amount_minor), 0) from private.ledger_transactions t
      join private.ledger_entries e on e.transaction_id = t.id join private.ledger_accounts a on a.id = e.account_id
      where t.payment_id = y.id and a.kind = 'provider_balance'))), '[]'::jsonb)
  from public.payments y
  where y.intent_id = any (p_intents) or y.charge_id = any (p_charges) or y.id = any (p_payments);
$$;

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
      'intentId', y.intent_id, 'status', r.status, 'amountMinor', r.amount_minor, 'currency', r.currency) as row
    from public.refunds r join public.payments y on y.id = r.payment_id where r.refund_id = any (p_refunds)
    union all
    select jsonb_build_object('objectId', d.dispute_id, 'paymentId', y.id, 'pledgeId', y.pledge_id, 'campaignId', y.campaign_id,
      'intentId', y.intent_id, 'status', d.status, 'amountMinor', d.amount_minor, 'currency', d.currency)
    from public.disputes d join public.payments y on y.id = d.payment_id where d.dispute_id = any (p_disputes)
  ) r;
$$;

-- What we have of the run's window and the provider has not shown, after p_after, by the provider's id. An hour at each end is
-- left out: there our clock and the provider's may differ about which side it is on.
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
      select y.intent_id as id, y.created_at as at from public.payments y where y.intent_id is not null
      union all select f.refund_id, f.created_at from public.refunds f where f.refund_id is not null
      union all select d.dispute_id, d.created_at from public.disputes d
    ) o
    where r.id = p_run and o.at between r.window_from + interval '1 hour' and r.window_to - interval '1 hour'
      and o.id collate "C" > coalesce(p_after, '') collate "C"
      and not exists (select from private.reconciliation_seen s where s.run_id = r.id and s.object_id = o.id)
    order by o.id collate "C" limit least(greatest(p_limit, 1), 500)
  ) u;
$$;

-- Writes what a page showed, and moves the run on, in one transaction. A page of a place that the run has left is not counted again.
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
    counts = (select jsonb_object_agg(k.key, k.total) from (
      select c.key, sum(c.value::bigint) as total
      from (select * from jsonb_each_text(r.counts) union all select * from jsonb_each_text(p_page -> 'counts')) c
      group by c.key) k)
  where r.id = p_run
  returning * into v_run;
  return private.reconciliation_view(v_run);
end;
$$;

-- Ends a run. A difference that it looked for and did not find again is gone.
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
  delete from private.reconciliation_seen s where s.run_id = p_run;
  if p_error is null then
    update private.reconciliation_discrepancies d set state = 'gone', decided_at = now()
    where d.state = 'open' and d.last_run <> p_run and d.object_at between v_run.window_from and v_run.window_to;
  end if;
  update private.reconciliation_runs r
  set state = case when p_error is null then 'completed' else 'failed' end, error = left(p_error, 500), finished_at = now(), touched_at = now()
  where r.id = p_run returning * into v_run;
  return private.reconciliation_view(v_run);
end;
$$;

revoke all on function private.reconciliation_view(private.reconciliation_runs) from public, anon, authenticated, service_role;
revoke all on function public.start_reconciliation(text, uuid, timestamptz) from public, anon, authenticated;
revoke all on function public.read_reconciliation(uuid) from public, anon, authenticated;
revoke all on function public.read_reconciled_payments(text[], text[], uuid[]) from public, anon, authenticated;
revoke all on function public.read_reconciled_money_back(text[], text[]) from public, anon, authenticated;
revoke all on function public.list_unseen_objects(uuid, text, integer) from public, anon, authenticated;
revoke all on function public.record_reconciliation_page(uuid, text, text, jsonb) from public, anon, authenticated;
revoke all on function public.finish_reconciliation(uuid, text) from public, anon, authenticated;
grant execute on function public.start_reconciliation(text, uuid, timestamptz) to service_role;
grant execute on function public.read_reconciliation(uuid) to service_role;
grant execute on function public.read_reconciled_payments(text[], text[], uuid[]) to service_role;
grant execute on function public.read_reconciled_money_back(text[], text[]) to service_role;
grant execute on function public.list_unseen_objects(uuid, text, integer) to service_role;
grant execute on function public.record_reconciliation_page(uuid, text, text, jsonb) to service_role;
grant execute on function public.finish_reconciliation(uuid, text) to service_role;
