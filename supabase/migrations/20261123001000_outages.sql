-- Outages of outside services. Each process has breakers of its own; here an outage is one row and one
-- event of each kind, however many processes notice it.

create table private.outages (
  id uuid primary key default gen_random_uuid(),
  service text not null check (service ~ '^[a-z][a-z0-9:.-]{1,99}$'),
  cause text not null,
  opened_at timestamptz not null,
  -- When some process last found the service out; an outage that nobody confirms any more has no witness left.
  confirmed_at timestamptz not null,
  recovered_at timestamptz check (recovered_at >= opened_at)
);

-- The law that makes it once for all processes: at most one outage of a service is open.
create unique index outages_open on private.outages (service) where recovered_at is null;
create index outages_history on private.outages (service, recovered_at desc);

revoke all on private.outages from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes this but the functions below.
alter table private.outages enable row level security;

-- A process found a service out at p_opened_at. Returns whether this call began the outage.
-- A report that comes late, about an outage that is already over, begins nothing.
create or replace function public.record_outage_opened(p_service text, p_cause text, p_opened_at timestamptz)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_opened_at timestamptz := least(p_opened_at, now());
  v_id uuid;
begin
  -- Two processes take their turns, or the one that waits would not see what the other has just closed.
  perform pg_advisory_xact_lock(hashtext('private.outages'), hashtext(p_service));
  if exists (select 1 from private.outages o where o.service = p_service and o.recovered_at >= v_opened_at) then
    return false;
  end if;
  update private.outages o set confirmed_at = now() where o.service = p_service and o.recovered_at is null;
  if found then
    return false;
  end if;
  insert into private.outages (service, cause, opened_at, confirmed_at)
  values (p_service, left(p_cause, 500), v_opened_at, now())
  returning id into v_id;
  perform private.append_outbox('outage', v_id, 'platform/outage.opened', jsonb_build_object(
    'outageId', v_id, 'service', p_service, 'cause', left(p_cause, 500), 'openedAt', v_opened_at));
  return true;
end;
$$;

-- A process found a service well again at p_recovered_at. Returns whether this call ended the outage.
-- With p_unconfirmed_seconds only an outage that no process has confirmed for that long is ended: so a new
-- process ends what a dead one has left, and not what another is still living through.
create or replace function public.record_outage_recovered(
  p_service text,
  p_recovered_at timestamptz,
  p_unconfirmed_seconds integer default 0
)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_outage private.outages;
begin
  perform pg_advisory_xact_lock(hashtext('private.outages'), hashtext(p_service));
  -- A recovery from before the outage began speaks of an earlier one.
  update private.outages o set recovered_at = least(p_recovered_at, now())
  where o.service = p_service and o.recovered_at is null
    and o.opened_at <= least(p_recovered_at, now())
    and o.confirmed_at <= now() - make_interval(secs => p_unconfirmed_seconds)
  returning o.* into v_outage;
  if not found then
    return false;
  end if;
  perform private.append_outbox('outage', v_outage.id, 'platform/outage.recovered', jsonb_build_object(
    'outageId', v_outage.id, 'service', p_service, 'openedAt', v_outage.opened_at,
    'recoveredAt', v_outage.recovered_at));
  return true;
end;
$$;

revoke all on function public.record_outage_opened(text, text, timestamptz) from public, anon, authenticated;
revoke all on function public.record_outage_recovered(text, timestamptz, integer) from public, anon, authenticated;
grant execute on function public.record_outage_opened(text, text, timestamptz) to service_role;
grant execute on function public.record_outage_recovered(text, timestamptz, integer) to service_role;
