-- What operators' metrics and health page read from the database: one small picture, made of partial indices and of sums that
-- are kept anyway, so that asking every few seconds costs nothing that anybody feels.

-- Each look at the invariants of money, kept a week: healthy is a row with nothing broken, not the absence of rows.
create table private.money_checks (
  at timestamptz primary key default clock_timestamp(),
  took interval not null,
  -- How many rows break which invariant: {"2": 1}.
  broken jsonb not null check (jsonb_typeof(broken) = 'object'),
  -- The first of them, for whoever has to look.
  samples jsonb not null default '[]'::jsonb
);

-- Which builds have served, and where: what deployments a day and regions are counted by.
create table private.deployments (
  build text not null check (build ~ '^[A-Za-z0-9._-]{1,100}$'),
  region text not null check (region ~ '^[a-z0-9-]{1,40}$'),
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  primary key (build, region)
);
create index deployments_newest on private.deployments (first_seen desc);

revoke all on private.money_checks, private.deployments from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but functions.
alter table private.money_checks enable row level security;
alter table private.deployments enable row level security;

-- Looks whether money is healthy and keeps the answer. It reads all of the books, so it keeps itself to a twentieth of the
-- time: after a look of ten seconds the next is not before 200 s have passed (10 min at most). One at a time.
create or replace function public.check_money()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_last private.money_checks;
  v_begun timestamptz := clock_timestamp();
  v_broken jsonb;
  v_samples jsonb;
begin
  if not pg_try_advisory_xact_lock(hashtext('private.money_checks')) then
    return jsonb_build_object('outcome', 'running');
  end if;
  select c.* into v_last from private.money_checks c order by c.at desc limit 1;
  if v_last.at + least(v_last.took * 20, interval '10 minutes') > v_begun then
    return jsonb_build_object('outcome', 'too_soon');
  end if;
  with found as materialized (
    select f.* from private.check_invariants(false) f
  )
  select
    coalesce((select jsonb_object_agg(n.invariant::text, n.count) from (
      select f.invariant, count(*) as count from found f group by f.invariant) n), '{}'::jsonb),
    coalesce((select jsonb_agg(to_jsonb(s)) from (select f.* from found f order by f.invariant limit 20) s), '[]'::jsonb)
  into v_broken, v_samples;
  insert into private.money_checks (took, broken, samples) values (clock_timestamp() - v_begun, v_broken, v_samples);
  delete from private.money_checks c where c.at < v_begun - interval '7 days';
  return jsonb_build_object('outcome', 'checked', 'broken', v_broken);
end;
$$;

-- A process of this build serves in this region from now on.
create or replace function public.record_deployment(p_build text, p_region text)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into private.deployments as d (build, region) values (p_build, p_region)
  on conflict (build, region) do update set last_seen = now();
$$;

create or replace function private.queue_standing(p_waiting bigint, p_oldest timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('waiting', p_waiting,
    'oldestSeconds', coalesce(greatest(extract(epoch from now() - p_oldest), 0), 0)::double precision);
$$;

-- How everything stands. Sums of pledges and money are those of campaign_totals: they follow the books by what the projector
-- has still to fold, and cost a row for each campaign, not one for each pledge.
create or replace function public.operations_snapshot()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'queues', jsonb_build_object(
      'outbox', (select private.queue_standing(count(*), min(o.created_at)) from private.outbox o
        where o.published_at is null and o.dead_at is null),
      'webhooks', (select private.queue_standing(count(*), min(w.received_at)) from private.webhook_events w
        where w.next_attempt_at is not null),
      'refunds', (select private.queue_standing(count(*), min(r.due_at)) from public.refunds r where r.due_at <= now()),
      'payment_checks', (select private.queue_standing(count(*), min(p.check_at)) from public.payments p where p.check_at <= now()),
      'analyses', (select private.queue_standing(count(*), min(a.created_at)) from public.analyses a where a.status = 'queued')
    ),
    'deadLetters', coalesce((select jsonb_object_agg(d.source, d.count) from (
      select l.source, count(*) as count from private.dead_letters l where l.resolved_at is null group by l.source) d), '{}'::jsonb),
    -- Whose outcome at the provider nobody knows: sweepers look at them, so they stand in that index.
    'unknownPayments', (select private.queue_standing(count(*), min(p.unknown_since)) from public.payments p
      where p.check_at is not null and p.unknown_since is not null),
    'heldPayments', (select count(*) from public.payments p where p.review = 'held'),
    'pledges', (select jsonb_build_object('under_way', coalesce(sum(t.pledge_count - t.completed_count), 0),
        'completed', coalesce(sum(t.completed_count), 0), 'failed', coalesce(sum(t.failed_count), 0))
      from public.campaign_totals t),
    'money', coalesce((select jsonb_object_agg(m.currency, m.sums) from (
      select t.currency, jsonb_build_object('raised', sum(t.raised_minor), 'pending', sum(t.pending_minor),
        'refunded', sum(t.refunded_minor), 'disputed', sum(t.disputed_minor)) as sums
      from public.campaign_totals t group by t.currency) m), '{}'::jsonb),
    'campaigns', coalesce((select jsonb_object_agg(c.status, c.count) from (
      select c.status, count(*) as count from public.campaigns c group by c.status) c), '{}'::jsonb),
    'activeSessions', (select count(*) from public.learning_sessions s where s.status = 'active'),
    'analysesOfDay', coalesce((select jsonb_object_agg(a.status, a.count) from (
      select a.status, count(*) as count from public.analyses a where a.created_at > now() - interval '1 day' group by a.status) a),
      '{}'::jsonb),
    'moneyCheck', (select jsonb_build_object('at', c.at, 'ageSeconds', extract(epoch from now() - c.at)::double precision,
        'tookSeconds', extract(epoch from c.took)::double precision, 'broken', c.broken, 'samples', c.samples)
      from private.money_checks c order by c.at desc limit 1),
    'reconciliation', (
      select jsonb_build_object('at', r.finished_at,
        'ageSeconds', extract(epoch from now() - r.finished_at)::double precision,
        'drift', coalesce((select jsonb_object_agg(d.currency, d.drift) from (
          select s.currency, sum((s.theirs_minor - s.ours_minor) * case when s.kind = 'captured' then 1 else -1 end) as drift
          from private.reconciliation_sums s where s.run_id = r.id and s.kind <> 'balance' group by s.currency) d), '{}'::jsonb))
      from private.reconciliation_runs r where r.state = 'completed' order by r.started_at desc, r.id desc limit 1),
    'openDifferences', (select count(*) from private.reconciliation_discrepancies d where d.state = 'open'),
    'ai', coalesce((select jsonb_build_object('spentMicro', s.spent_micro, 'reservedMicro', s.reserved_micro)
      from private.ai_spending s where s.day = (clock_timestamp() at time zone 'utc')::date and s.user_id is null),
      jsonb_build_object('spentMicro', 0, 'reservedMicro', 0)),
    'connections', jsonb_build_object(
      'used', (select count(*) from pg_catalog.pg_stat_activity a where a.datname = current_database()),
      'limit', current_setting('max_connections')::integer),
    'outages', coalesce((select jsonb_agg(jsonb_build_object('service', o.service, 'cause', o.cause,
        'openedAt', o.opened_at, 'recoveredAt', o.recovered_at) order by o.service)
      from (select distinct on (x.service) x.* from private.outages x order by x.service, x.recovered_at desc nulls first) o),
      '[]'::jsonb),
    'deployments', jsonb_build_object(
      'ofDay', (select count(distinct d.build) from private.deployments d where d.first_seen > now() - interval '1 day'),
      'regions', (select count(distinct d.region) from private.deployments d where d.last_seen > now() - interval '1 day'),
      'firstSeconds', coalesce((select extract(epoch from now() - min(d.first_seen)) from private.deployments d), 0)::double precision)
  );
$$;

revoke all on function private.queue_standing(bigint, timestamptz) from public, anon, authenticated, service_role;
revoke all on function public.check_money() from public, anon, authenticated;
revoke all on function public.record_deployment(text, text) from public, anon, authenticated;
revoke all on function public.operations_snapshot() from public, anon, authenticated;
grant execute on function public.check_money() to service_role;
grant execute on function public.record_deployment(text, text) to service_role;
grant execute on function public.operations_snapshot() to service_role;
