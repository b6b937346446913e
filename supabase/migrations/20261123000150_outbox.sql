-- The outbox: a function that changes something appends its event in the same transaction, and the
-- relay publishes it afterwards. The row's id is the event's id, so publishing twice is harmless.
--
-- A lane is one aggregate's events in the order of `position`; the first one that is neither published
-- nor dead is its head. Only heads can be taken, with the events right behind them, so whoever holds
-- a head holds the lane, and no event overtakes an earlier one.

create table private.outbox (
  id uuid primary key default gen_random_uuid(),
  position bigint not null generated always as identity,
  aggregate_type text not null check (aggregate_type <> ''),
  aggregate_id uuid not null,
  name text not null check (name ~ '^[a-z]+/[a-z][a-z._-]*$'),
  data jsonb not null default '{}'::jsonb,
  traceparent text,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  -- How often a relay took it; and how that ended: refused for what it is, or through no fault of its own.
  -- What is left is the relay's deaths, and the taking under way.
  attempts integer not null default 0,
  refusals integer not null default 0,
  interruptions integer not null default 0,
  -- When the relay may take the row (again): a lease while one relay holds it, a back-off after a failure.
  next_attempt_at timestamptz not null default now(),
  last_error text,
  dead_at timestamptz
);

-- Work that was given up, with its cause, until an operator drives it on or closes it.
create table private.dead_letters (
  id uuid primary key default gen_random_uuid(),
  source text not null check (source in ('outbox', 'job')),
  name text not null,
  subject_type text not null,
  subject_id uuid,
  cause text not null,
  attempts integer not null,
  payload jsonb not null default '{}'::jsonb,
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolution text
);

create index outbox_due on private.outbox (next_attempt_at, position) where published_at is null and dead_at is null;
create index outbox_lane on private.outbox (aggregate_type, aggregate_id, position)
  where published_at is null and dead_at is null;
-- Nearly always empty: events under which relay after relay died.
create index outbox_killers on private.outbox (next_attempt_at)
  where published_at is null and dead_at is null and attempts - refusals - interruptions >= 5;
create index outbox_published on private.outbox (published_at) where published_at is not null;
create index dead_letters_open on private.dead_letters (created_at) where resolved_at is null;
create index dead_letters_subject on private.dead_letters (subject_type, subject_id);

revoke all on private.outbox, private.dead_letters from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but the functions below.
alter table private.outbox enable row level security;
alter table private.dead_letters enable row level security;

-- Appends an event to the caller's transaction and returns its id. Two transactions that append to one lane
-- take turns until they commit: otherwise the second could commit, and be published, before the first, and
-- no relay could know. Transactions that append to several lanes must do so in one order. In plpgsql, which keeps
-- its plans: a function in SQL is planned anew in each statement.
create or replace function private.append_outbox(
  aggregate_type text,
  aggregate_id uuid,
  name text,
  data jsonb,
  traceparent text default null
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended('outbox:' || $1 || ':' || $2::text, 0));
  insert into private.outbox (aggregate_type, aggregate_id, name, data, traceparent)
  values ($1, $2, $3, coalesce($4, '{}'::jsonb), $5)
  returning id into v_id;
  return v_id;
end;
$$;

-- Wait after the n-th failure: none, so that the next cycle tries again, then 1, 2, 4 … seconds up to the cap.
create or replace function private.outbox_backoff(failures integer, cap_seconds integer)
returns interval
language sql
immutable
set search_path = ''
as $$
  select case
    when failures <= 1 then interval '0'
    else make_interval(secs => least(cap_seconds, power(2, least(failures, 20) - 2)))
  end;
$$;

-- When to give up. Refused 12 times is a quarter of an hour of trying; an event is not blamed for an
-- outage, but nobody waits for it longer than three days. (The third limit, five dead relays, is in the
-- index `outbox_killers` and in claim_outbox.)
create or replace function private.outbox_limits(out max_refusals integer, out max_age interval)
language sql
immutable
set search_path = ''
as $$ select 12, interval '3 days'; $$;

create or replace function private.bury_outbox(event private.outbox, cause text)
returns void
language sql
set search_path = ''
as $$
  update private.outbox set dead_at = now(), last_error = cause where id = event.id;
  insert into private.dead_letters (source, name, subject_type, subject_id, cause, attempts, payload)
  values ('outbox', event.name, event.aggregate_type, event.aggregate_id, cause, event.attempts,
          jsonb_build_object('outboxId', event.id, 'data', event.data));
$$;

-- Takes up to p_limit due events for p_lease_seconds: heads of lanes, and those right behind them. Two relays never
-- get the same lane (SKIP LOCKED on its head); a relay that dies gives its lanes back when the lease ends.
-- An event under which relays died is taken alone, so that it takes no other with it.
create or replace function public.claim_outbox(p_limit integer default 100, p_lease_seconds integer default 30)
returns table (
  id uuid, lane text, name text, data jsonb, traceparent text, created_at timestamptz, attempts integer
)
language plpgsql
security definer
set search_path = ''
-- A queue's statistics are always of another hour: an hour ago it was empty. Few rows by index is right at any
-- length; what the planner makes of stale numbers took seconds.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 500);
  -- Wider than the batch: other relays hold some of what is due, and some waits behind its head.
  v_window integer := 4 * v_limit;
  v_killer private.outbox;
begin
  for v_killer in
    select o.* from private.outbox o
    where o.published_at is null and o.dead_at is null and o.next_attempt_at <= now()
      and o.attempts - o.refusals - o.interruptions >= 5
    order by o.next_attempt_at
    limit 10
    for update skip locked
  loop
    perform private.bury_outbox(v_killer, coalesce(v_killer.last_error || ' ', '') || 'The relay took this event and died, each time.');
  end loop;

  return query
  with due as materialized (
    select o.id, o.aggregate_type, o.aggregate_id
    from private.outbox o
    where o.published_at is null and o.dead_at is null and o.next_attempt_at <= now()
    order by o.next_attempt_at, o.position
    limit v_window
  ), due_lanes as materialized (
    select d.aggregate_type, d.aggregate_id, head.*
    from (select distinct d.aggregate_type, d.aggregate_id from due d) d
    cross join lateral (
      -- Taken more often than that came to an end: a relay holds it now.
      select e.id as head_id, e.next_attempt_at as head_due, e.attempts > e.refusals + e.interruptions as held
      from private.outbox e
      where e.aggregate_type = d.aggregate_type and e.aggregate_id = d.aggregate_id
        and e.published_at is null and e.dead_at is null
      order by e.position
      limit 1
    ) head
  ), heads as materialized (
    select o.id, o.aggregate_type, o.aggregate_id, o.position, o.next_attempt_at,
           o.attempts - o.refusals - o.interruptions >= 2 as suspect
    from due_lanes d
    join private.outbox o on o.id = d.head_id
    -- Looked at again under the lock. Said so that only the primary key fits: through another index each head
    -- would be looked for among all that is due.
    where coalesce(o.published_at, o.dead_at) is null and o.next_attempt_at + interval '0' <= now()
    order by o.next_attempt_at, o.position
    limit v_limit
    for update of o skip locked
  ), first_head as (
    select h.id, h.suspect from heads h order by h.next_attempt_at, h.position limit 1
  ), lanes as (
    select h.* from heads h, first_head f
    where case when f.suspect then h.id = f.id else not h.suspect end
  ), taken as (
    select run.id
    from lanes l
    cross join lateral (
      select r.id, r.position, row_number() over (order by r.position) as rank
      from private.outbox r
      where r.aggregate_type = l.aggregate_type and r.aggregate_id = l.aggregate_id
        and r.position >= l.position and r.published_at is null and r.dead_at is null
      order by r.position
      -- A fair share and some more; where the other lanes are short, the next batch takes the rest.
      limit case
        when l.suspect then 1
        else least(v_limit, 4 * ceil(v_limit / (select count(*) from lanes)::numeric))
      end
    ) run
    -- Rank before age: what is left out of a lane is its end, never a piece of its middle.
    order by run.rank, l.next_attempt_at, l.position
    limit v_limit
  ), leased as (
    update private.outbox o
    set attempts = o.attempts + 1,
        next_attempt_at = now() + make_interval(secs => least(greatest(p_lease_seconds, 1), 600))
    from taken t
    where o.id = t.id
    returning o.*
  ), waiting as (
    -- When the window is full of events that wait behind their heads, they leave it: a lane that stands
    -- still must not hide the others. They come back with their head; when it may be published any moment, soon.
    select o.id, case when l.held then now() else l.head_due end as until
    from due d
    join due_lanes l on l.aggregate_type = d.aggregate_type and l.aggregate_id = d.aggregate_id
    join private.outbox o on o.id = d.id
    where (select count(*) from due) = v_window and (select count(*) from taken) < v_limit
      and l.head_due > now() and o.id <> l.head_id
      and coalesce(o.published_at, o.dead_at) is null and o.next_attempt_at + interval '0' <= now()
    for update of o skip locked
  ), put_off as (
    update private.outbox o set next_attempt_at = greatest(w.until, now() + interval '1 second')
    from waiting w where o.id = w.id
  )
  select l.id, l.aggregate_type || ':' || l.aggregate_id, l.name, l.data, l.traceparent, l.created_at, l.attempts
  from leased l
  order by l.position;
end;
$$;

-- Writes down what became of events that were taken; one transaction for a batch. Each outcome is
-- {id, attempts, outcome, error?}:
--   published    a fact, whoever says it and when
--   refused      the event itself was refused: tried again later, dead after the last refusal
--   unacceptable it can never be accepted: dead at once
--   unreachable  nobody took anything: tried again later
--   held_back    it was not sent, because an earlier one of its lane was not published
-- All but `published` are heeded only while `attempts` is what the relay read: after its lease ended the
-- event may be another's.
create or replace function public.settle_outbox(p_outcomes jsonb)
returns table (published integer, retried integer, dead integer)
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_limits record := private.outbox_limits();
  v_one record;
begin
  published := 0; retried := 0; dead := 0;
  with done as (
    update private.outbox o
    set published_at = now(), last_error = null
    from jsonb_to_recordset(p_outcomes) as said (id uuid, outcome text)
    where said.outcome = 'published' and o.id = said.id and o.published_at is null
    returning 1
  )
  select count(*)::integer into published from done;

  for v_one in
    select o as event, said.outcome, left(coalesce(said.error, 'No cause was given.'), 2000) as error
    from jsonb_to_recordset(p_outcomes) as said (id uuid, attempts integer, outcome text, error text)
    join private.outbox o on o.id = said.id and o.attempts = said.attempts
    where said.outcome <> 'published' and o.published_at is null and o.dead_at is null
    order by o.position
    for update of o
  loop
    if v_one.outcome = 'unacceptable'
      or (v_one.outcome = 'refused' and (v_one.event).refusals + 1 >= v_limits.max_refusals)
      or (v_one.outcome = 'unreachable' and (v_one.event).created_at < now() - v_limits.max_age)
    then
      dead := dead + 1;
      perform private.bury_outbox(v_one.event, v_one.error);
    else
      retried := retried + 1;
      update private.outbox o
      set refusals = o.refusals + (v_one.outcome = 'refused')::integer,
          interruptions = o.interruptions + (v_one.outcome <> 'refused')::integer,
          last_error = case when v_one.outcome = 'held_back' then o.last_error else v_one.error end,
          next_attempt_at = now() + case v_one.outcome
            when 'refused' then private.outbox_backoff(o.refusals + 1, 300)
            when 'unreachable' then private.outbox_backoff(o.interruptions + 1, 30)
            else interval '0'
          end
      where o.id = (v_one.event).id;
    end if;
  end loop;
  return next;
end;
$$;

-- How the outbox stands: for readiness, metrics and the alert on rows older than 60 s.
create or replace function public.outbox_backlog()
returns table (pending bigint, oldest_seconds double precision, dead bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select
    count(*) filter (where o.published_at is null and o.dead_at is null),
    coalesce(extract(epoch from now() - min(o.created_at) filter (where o.published_at is null and o.dead_at is null)), 0)::double precision,
    count(*) filter (where o.dead_at is not null)
  from private.outbox o
  where o.published_at is null;
$$;

-- Published rows are kept a fortnight for questions, then removed a batch at a time.
create or replace function public.prune_outbox(p_limit integer default 1000)
returns integer
language sql
security definer
set search_path = ''
as $$
  with old as (
    select o.id from private.outbox o
    where o.published_at < now() - interval '14 days'
    order by o.published_at
    limit least(greatest(p_limit, 1), 10000)
    for update skip locked
  ), gone as (
    delete from private.outbox o using old where o.id = old.id returning 1
  )
  select count(*)::integer from gone;
$$;

revoke all on function private.append_outbox(text, uuid, text, jsonb, text) from public, anon, authenticated, service_role;
revoke all on function private.bury_outbox(private.outbox, text) from public, anon, authenticated, service_role;
revoke all on function public.claim_outbox(integer, integer) from public, anon, authenticated;
revoke all on function public.settle_outbox(jsonb) from public, anon, authenticated;
revoke all on function public.outbox_backlog() from public, anon, authenticated;
revoke all on function public.prune_outbox(integer) from public, anon, authenticated;
grant execute on function public.claim_outbox(integer, integer) to service_role;
grant execute on function public.settle_outbox(jsonb) to service_role;
grant execute on function public.outbox_backlog() to service_role;
grant execute on function public.prune_outbox(integer) to service_role;
