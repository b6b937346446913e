-- What must hold, as questions: each answers with what is broken. Empty is healthy.

-- The fold of the ledger and the steps, over these events (null: all), as campaign_totals should say it.
create or replace function private.folded_totals(p_only_processed boolean)
returns table (
  campaign_id uuid, raised bigint, pending bigint, refunded bigint, disputed bigint, pledges bigint, completed bigint, failed bigint,
  donors bigint, version bigint
)
language sql
stable
set search_path = ''
as $$
  select f.campaign_id, sum(f.raised)::bigint, sum(f.pending)::bigint, sum(f.refunded)::bigint, sum(f.disputed)::bigint,
    sum(f.pledges), sum(f.completed), sum(f.failed), count(distinct f.donor), count(distinct f.event_id)
  from private.totals_effects() f
  where not p_only_processed or exists (
    select from private.processed_events e where e.consumer = 'totals' and e.event_id = f.event_id
  )
  group by f.campaign_id;
$$;

create or replace function private.broken_totals(p_only_processed boolean)
returns table (subject text, detail jsonb)
language sql
stable
set search_path = ''
as $$
  select t.campaign_id::text, jsonb_build_object('stored', s.row, 'folded', s.fold)
  from public.campaign_totals t
  left join private.folded_totals(p_only_processed) f on f.campaign_id = t.campaign_id
  cross join lateral (select
    jsonb_build_array(t.raised_minor, t.pending_minor, t.refunded_minor, t.disputed_minor, t.pledge_count, t.completed_count, t.failed_count,
      t.donor_count, t.version) as row,
    jsonb_build_array(coalesce(f.raised, 0), coalesce(f.pending, 0), coalesce(f.refunded, 0), coalesce(f.disputed, 0), coalesce(f.pledges, 0),
      coalesce(f.completed, 0), coalesce(f.failed, 0), coalesce(f.donors, 0), coalesce(f.version, 0)) as fold
  ) s
  where s.row <> s.fold;
$$;

create or replace function private.check_invariants(p_drained boolean default false)
returns table (invariant integer, name text, subject text, detail jsonb)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select 1, 'ledger entries sum to zero in each transaction and currency', t.id::text, jsonb_build_object('currency', e.currency, 'sum', sum(e.amount_minor))
  from private.ledger_transactions t left join private.ledger_entries e on e.transaction_id = t.id
  group by t.id, e.currency having coalesce(sum(e.amount_minor), 1) <> 0;

  return query
  select 1, 'ledger entries are of the currency of their account and transaction', e.transaction_id::text,
    jsonb_build_object('account', e.account_id, 'entry', e.currency, 'accountCurrency', a.currency, 'transaction', t.currency)
  from private.ledger_entries e
  left join private.ledger_accounts a on a.id = e.account_id
  left join private.ledger_transactions t on t.id = e.transaction_id
  where a.currency is distinct from e.currency or t.currency is distinct from e.currency;

  -- Told from the rows themselves, not from the sums that the functions keep beside them.
  return query
  with facts as (
    select p.id, p.campaign_id, p.currency, p.gift_minor, p.captured_minor, p.fee_minor,
      coalesce((select sum(r.amount_minor) from public.refunds r where r.payment_id = p.id and r.status = 'succeeded'), 0)::bigint as refunded,
      coalesce(d.lost, 0)::bigint as lost, coalesce(d.disputed, 0)::bigint as disputed, coalesce(d.fee, 0)::bigint as dispute_fee
    from public.payments p
    left join (
      select x.payment_id, sum(x.amount_minor) filter (where x.status = 'lost') as lost,
        sum(x.amount_minor) filter (where x.status in ('needs_response', 'under_review')) as disputed, sum(x.fee_minor) as fee
      from public.disputes x group by x.payment_id
    ) d on d.payment_id = p.id
  ), should as (
    select f.id, t.kind, t.amount_minor as amount
    from facts f, private.ledger_target(f.gift_minor, f.captured_minor, f.refunded, f.lost, f.disputed, f.fee_minor, f.dispute_fee) t
  ), does as (
    select t.payment_id as id, a.kind, sum(e.amount_minor)::bigint as amount
    from private.ledger_transactions t
    join private.ledger_entries e on e.transaction_id = t.id
    join private.ledger_accounts a on a.id = e.account_id
    join public.payments p on p.id = t.payment_id and (a.campaign_id is null or a.campaign_id = p.campaign_id)
    group by t.payment_id, a.kind
  )
  select 2, 'the ledger is the fold of payments, refunds and disputes', coalesce(s.id, d.id)::text,
    jsonb_build_object('account', coalesce(s.kind, d.kind), 'should', coalesce(s.amount, 0), 'does', coalesce(d.amount, 0))
  from should s full join does d on d.id = s.id and d.kind = s.kind
  where coalesce(s.amount, 0) <> coalesce(d.amount, 0);

  return query
  select 3, 'at most one captured charge of a pledge is not refunded', p.pledge_id::text, jsonb_build_object('payments', jsonb_agg(p.id))
  from public.payments p
  where p.captured_minor > (
    select coalesce(sum(r.amount_minor), 0) from public.refunds r where r.payment_id = p.id and r.status = 'succeeded'
  )
  group by p.pledge_id having count(*) > 1;

  return query
  select 3, 'captured is at most authorised, refunded at most captured', p.id::text,
    jsonb_build_object('authorized', p.authorized_minor, 'captured', p.captured_minor, 'refunded', coalesce(r.sum, 0), 'pledged', g.gift_minor + g.cover_minor)
  from public.payments p
  join public.pledges g on g.id = p.pledge_id
  left join (select x.payment_id, sum(x.amount_minor) as sum from public.refunds x where x.status = 'succeeded' group by 1) r on r.payment_id = p.id
  where p.captured_minor > p.authorized_minor or p.authorized_minor > g.gift_minor + g.cover_minor or coalesce(r.sum, 0) > p.captured_minor
    or p.currency <> g.currency;

  return query
  select 4, 'payments go by the table of steps', t.payment_id::text, jsonb_build_object('from', t.from_state, 'to', t.to_state, 'seq', t.seq)
  from (
    select x.*, lag(x.to_state, 1, 'pending') over (partition by x.payment_id order by x.seq) as before from private.payment_transitions x
  ) t
  where t.from_state <> t.before
    or not exists (select from private.payment_steps s where s.from_state = t.from_state and s.to_state = t.to_state);

  return query
  select 4, 'a payment stands where its last step led', p.id::text, jsonb_build_object('state', p.state, 'last', l.to_state)
  from public.payments p
  left join lateral (
    select t.to_state from private.payment_transitions t where t.payment_id = p.id order by t.seq desc limit 1
  ) l on true
  where p.state <> coalesce(l.to_state, 'pending');

  return query
  select 4, 'pledges go by the table of steps', t.pledge_id::text, jsonb_build_object('from', t.from_status, 'to', t.to_status, 'seq', t.seq)
  from (
    select x.*, lag(x.to_status, 1, 'pending') over (partition by x.pledge_id order by x.seq) as before from private.pledge_transitions x
  ) t
  where t.from_status <> t.before
    or not exists (select from private.pledge_steps s where s.from_status = t.from_status and s.to_status = t.to_status);

  return query
  select 4, 'a pledge stands where its last step led', p.id::text, jsonb_build_object('status', p.status, 'last', l.to_status)
  from public.pledges p
  left join lateral (
    select t.to_status from private.pledge_transitions t where t.pledge_id = p.id order by t.seq desc limit 1
  ) l on true
  where p.status <> coalesce(l.to_status, 'pending');

  return query
  select 5, 'an event takes effect once', d.event_id, jsonb_build_object('effect', d.effect, 'times', d.times)
  from (
    select e.event_id::text as event_id, 'processed by ' || e.consumer as effect, count(*) as times from private.processed_events e group by e.consumer, e.event_id
    union all select t.event_id::text, 'posted', count(*) from private.ledger_transactions t where t.event_id is not null group by t.event_id
    union all select t.payment_id::text, 'entered ' || t.to_state, count(*) from private.payment_transitions t group by t.payment_id, t.to_state
    union all select a.provider_event_id, 'counted as an attempt', count(*) from private.payment_attempts a where a.provider_event_id is not null group by a.provider_event_id
    union all select r.refund_id, 'refunded', count(*) from public.refunds r where r.refund_id is not null group by r.refund_id
    union all select p.idempotency_id::text, 'pledged', count(*) from public.pledges p group by p.idempotency_id
    union all select p.intent_id, 'charged', count(*) from public.payments p where p.intent_id is not null group by p.intent_id
  ) d
  where d.times > 1;

  return query
  select 6, 'totals are the fold of what was processed', b.subject, b.detail from private.broken_totals(true) b;

  if p_drained then
    return query
    select 7, 'each event is published, or is a dead letter', o.id::text, jsonb_build_object('name', o.name, 'attempts', o.attempts)
    from private.outbox o where o.published_at is null and o.dead_at is null;

    return query
    select 7, 'each dead event has its dead letter', o.id::text, jsonb_build_object('name', o.name)
    from private.outbox o
    where o.dead_at is not null and not exists (
      select from private.dead_letters d where d.source = 'outbox' and d.payload ->> 'outboxId' = o.id::text
    );

    return query
    select 7, 'each effect is applied, or its event is a dead letter', f.event_id::text, jsonb_build_object('campaign', f.campaign_id)
    from private.totals_effects() f
    where f.event_id is not null
      and not exists (select from private.processed_events e where e.consumer = 'totals' and e.event_id = f.event_id)
      and not exists (select from private.outbox o where o.id = f.event_id and o.dead_at is not null);

    return query
    select 8, 'totals are the fold of everything', b.subject, b.detail from private.broken_totals(false) b;
  end if;
end;
$$;

create or replace function public.check_invariants(p_drained boolean)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(c)), '[]'::jsonb) from private.check_invariants(p_drained) c;
$$;

revoke all on function private.folded_totals(boolean) from public, anon, authenticated, service_role;
revoke all on function private.broken_totals(boolean) from public, anon, authenticated, service_role;
revoke all on function private.check_invariants(boolean) from public, anon, authenticated, service_role;
revoke all on function public.check_invariants(boolean) from public, anon, authenticated;
grant execute on function public.check_invariants(boolean) to service_role;
