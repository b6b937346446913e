-- A call that may be sent twice carries a key; the row of (route, caller, key) makes it one piece of work.
-- The row is never deleted: 72 hours after its answer it keeps only what tells that the key was used.

create type private.idempotency_state as enum ('running', 'open', 'answered');

create table private.idempotency_keys (
  id uuid primary key default gen_random_uuid(),
  route text not null check (route <> ''),
  -- SHA-256 of who calls; never an address or a cookie.
  caller text not null check (caller ~ '^[0-9a-f]{64}$'),
  key text not null check (key ~ '^[\x21-\x7e]{8,255}$'),
  -- SHA-256 of the canonical validated body.
  fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
  state private.idempotency_state not null default 'running',
  -- Grows with each claim. Who writes under an older one has lost the lease.
  fence bigint not null default 1,
  lease_until timestamptz,
  recovery_point text not null default 'started',
  -- What the work needs to go on from its recovery point: ids, no personal data.
  progress jsonb not null default '{}'::jsonb,
  answer jsonb,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  check ((state = 'running') = (lease_until is not null)),
  check (state <> 'answered' or settled_at is not null),
  unique (route, caller, key)
);

create index idempotency_keys_old on private.idempotency_keys (coalesce(settled_at, created_at))
  where answer is not null or progress <> '{}'::jsonb;

revoke all on private.idempotency_keys from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but the functions below.
alter table private.idempotency_keys enable row level security;

-- How long an answer is kept for replays.
create or replace function private.idempotency_keeping()
returns interval
language sql
immutable
set search_path = ''
as $$ select interval '72 hours'; $$;

-- What a row says to a caller who comes with this fingerprint now, claiming nothing:
-- expired, reused, answered, running, or open (it may be claimed).
create or replace function private.idempotency_standing(entry private.idempotency_keys, fingerprint text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when (entry.state <> 'running' or entry.lease_until <= clock_timestamp())
      and coalesce(entry.settled_at, entry.created_at) < clock_timestamp() - private.idempotency_keeping()
      then jsonb_build_object('outcome', 'expired')
    when entry.fingerprint <> $2 then jsonb_build_object('outcome', 'reused')
    when entry.state = 'answered'
      then jsonb_build_object('outcome', 'answered', 'answer', entry.answer, 'settledAt', entry.settled_at)
    when entry.state = 'running' and entry.lease_until > clock_timestamp()
      then jsonb_build_object('outcome', 'running',
             'retryAfterSeconds', ceil(extract(epoch from entry.lease_until - clock_timestamp())))
    else jsonb_build_object('outcome', 'open', 'recoveryPoint', entry.recovery_point)
  end;
$$;

-- How a key stands, before anything is written: {outcome: 'new'} or as above.
create or replace function public.look_up_idempotency(p_route text, p_caller text, p_key text, p_fingerprint text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    (select private.idempotency_standing(k, p_fingerprint) from private.idempotency_keys k
     where k.route = p_route and k.caller = p_caller and k.key = p_key),
    jsonb_build_object('outcome', 'new'));
$$;

-- Takes the key for p_lease_seconds, or says why not. Of any number at once one gets it:
-- {outcome: 'claimed', id, fence, recoveryPoint, progress}.
create or replace function public.claim_idempotency(
  p_route text, p_caller text, p_key text, p_fingerprint text, p_lease_seconds integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_lease timestamptz := clock_timestamp() + make_interval(secs => least(greatest(p_lease_seconds, 1), 600));
  v_entry private.idempotency_keys;
  v_standing jsonb;
begin
  insert into private.idempotency_keys as k (route, caller, key, fingerprint, lease_until)
  values (p_route, p_caller, p_key, p_fingerprint, v_lease)
  on conflict (route, caller, key) do nothing
  returning k.* into v_entry;
  if v_entry.id is null then
    select k.* into strict v_entry from private.idempotency_keys k
    where k.route = p_route and k.caller = p_caller and k.key = p_key
    for update;
    v_standing := private.idempotency_standing(v_entry, p_fingerprint);
    if v_standing ->> 'outcome' <> 'open' then
      return v_standing;
    end if;
    update private.idempotency_keys k
    set state = 'running', fence = k.fence + 1, lease_until = v_lease
    where k.id = v_entry.id
    returning k.* into v_entry;
  end if;
  return jsonb_build_object('outcome', 'claimed', 'id', v_entry.id, 'fence', v_entry.fence,
    'recoveryPoint', v_entry.recovery_point, 'progress', v_entry.progress);
end;
$$;

-- For a domain's function: refuses unless the caller still holds the key, and holds on to it until the
-- transaction ends, so that whoever lost the lease cannot write any more.
create or replace function private.hold_idempotency(p_id uuid, p_fence bigint)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform 1 from private.idempotency_keys k
  where k.id = p_id and k.fence = p_fence and k.state = 'running'
  for update;
  if not found then
    perform private.refuse(409, 'idempotency_in_progress',
      'This request took so long that another attempt with the same key went on in its place. Send it again to get its answer.');
  end if;
end;
$$;

-- Remembers how far the work is and renews the lease. Refuses whoever lost it.
create or replace function public.advance_idempotency(
  p_id uuid, p_fence bigint, p_recovery_point text, p_progress jsonb, p_lease_seconds integer
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.hold_idempotency(p_id, p_fence);
  update private.idempotency_keys k
  set recovery_point = p_recovery_point, progress = coalesce(p_progress, k.progress),
      lease_until = clock_timestamp() + make_interval(secs => least(greatest(p_lease_seconds, 1), 600))
  where k.id = p_id;
end;
$$;

-- Ends a claim: with a final answer, or (p_answer null) so that the next call with this key drives on from the
-- recovery point. Refuses whoever lost the lease. Returns when it was settled.
create or replace function public.settle_idempotency(p_id uuid, p_fence bigint, p_answer jsonb default null)
returns timestamptz
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_at timestamptz := clock_timestamp();
begin
  perform private.hold_idempotency(p_id, p_fence);
  update private.idempotency_keys k
  set state = case when p_answer is null then 'open' else 'answered' end::private.idempotency_state,
      answer = p_answer, lease_until = null, settled_at = v_at
  where k.id = p_id;
  return v_at;
end;
$$;

-- Empties what is too old to be replayed; the rows stay. Returns how many.
create or replace function public.strip_idempotency(p_limit integer default 1000)
returns integer
language sql
security definer
set search_path = ''
as $$
  with old as (
    select k.id from private.idempotency_keys k
    where coalesce(k.settled_at, k.created_at) < now() - private.idempotency_keeping()
      and (k.answer is not null or k.progress <> '{}'::jsonb)
      and (k.state <> 'running' or k.lease_until < now())
    order by coalesce(k.settled_at, k.created_at)
    limit least(greatest(p_limit, 1), 10000)
    for update skip locked
  ), stripped as (
    update private.idempotency_keys k set answer = null, progress = '{}'::jsonb from old where k.id = old.id returning 1
  )
  select count(*)::integer from stripped;
$$;

revoke all on function private.idempotency_standing(private.idempotency_keys, text) from public, anon, authenticated, service_role;
revoke all on function private.hold_idempotency(uuid, bigint) from public, anon, authenticated, service_role;
revoke all on function public.look_up_idempotency(text, text, text, text) from public, anon, authenticated;
revoke all on function public.claim_idempotency(text, text, text, text, integer) from public, anon, authenticated;
revoke all on function public.advance_idempotency(uuid, bigint, text, jsonb, integer) from public, anon, authenticated;
revoke all on function public.settle_idempotency(uuid, bigint, jsonb) from public, anon, authenticated;
revoke all on function public.strip_idempotency(integer) from public, anon, authenticated;
grant execute on function public.look_up_idempotency(text, text, text, text) to service_role;
grant execute on function public.claim_idempotency(text, text, text, text, integer) to service_role;
grant execute on function public.advance_idempotency(uuid, bigint, text, jsonb, integer) to service_role;
grant execute on function public.settle_idempotency(uuid, bigint, jsonb) to service_role;
grant execute on function public.strip_idempotency(integer) to service_role;
