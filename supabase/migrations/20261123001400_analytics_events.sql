-- How the product is used, in counts: what happened and how it went, never to whom. No ids of people,
-- repositories or addresses; lib/platform/batch/analytics.ts says for each event what may be in it.

create table private.analytics_events (
  -- Given by the process that saw it happen, so that writing an event again writes nothing.
  id uuid primary key,
  name text not null check (name ~ '^[a-z]+\.[a-z][a-z_-]*$'),
  properties jsonb not null default '{}'::jsonb check (jsonb_typeof(properties) = 'object'),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default now()
);

create index analytics_events_by_name on private.analytics_events (name, occurred_at);
create index analytics_events_recorded on private.analytics_events (recorded_at);

revoke all on private.analytics_events from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but the functions below.
alter table private.analytics_events enable row level security;

-- Writes a batch, all of it or nothing. Events that stand already are left as they are. Returns how many are new.
-- Takes along a few events older than 400 days, so that the table needs no job of its own.
create or replace function public.record_analytics(p_events jsonb)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_new integer;
begin
  if jsonb_typeof(p_events) <> 'array' or jsonb_array_length(p_events) > 1000 then
    perform private.refuse(422, 'rule_broken', 'A batch has at most 1,000 events.');
  end if;
  -- Said by us, because not every Data API passes on which constraint was broken.
  if exists (
    select from jsonb_to_recordset(p_events) as e(id uuid, name text, properties jsonb, occurred_at timestamptz)
    where e.id is null or e.occurred_at is null or e.name is null or e.name !~ '^[a-z]+\.[a-z][a-z_-]*$'
      or jsonb_typeof(e.properties) <> 'object'
  ) then
    perform private.refuse(422, 'rule_broken', 'An event has an id, a name such as analysis.started, a time and an object of properties.');
  end if;
  insert into private.analytics_events (id, name, properties, occurred_at)
  select e.id, e.name, coalesce(e.properties, '{}'::jsonb), e.occurred_at
  from jsonb_to_recordset(p_events) as e(id uuid, name text, properties jsonb, occurred_at timestamptz)
  -- Two processes with events in common must not wait for each other in opposite order.
  order by e.id
  on conflict (id) do nothing;
  get diagnostics v_new = row_count;

  delete from private.analytics_events a
  where a.id in (
    select o.id from private.analytics_events o
    where o.recorded_at < now() - interval '400 days'
    order by o.recorded_at
    limit 200
    for update skip locked
  );
  return v_new;
end;
$$;

revoke all on function public.record_analytics(jsonb) from public, anon, authenticated;
grant execute on function public.record_analytics(jsonb) to service_role;
