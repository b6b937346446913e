-- Where limits that must hold are counted while Redis is away, and whom operators have shut out.

-- Unlogged: a crash of the database forgets who had called how often, and nothing else.
create unlogged table private.rate_limits (
  policy text not null check (char_length(policy) between 1 and 60),
  -- A hash; who is counted cannot be read from here.
  subject text not null check (char_length(subject) between 1 and 64),
  -- Number of the window since 1970.
  window_index bigint not null,
  count integer not null,
  expires_at timestamptz not null,
  primary key (policy, subject, window_index)
);

create index rate_limits_expiry on private.rate_limits (expires_at);

create table private.blocks (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('ip', 'email', 'user')),
  -- Exactly one of these says whom: a network, or the hash of an address, or an account's id.
  network cidr,
  subject text,
  reason text not null check (char_length(btrim(reason)) between 1 and 500),
  created_at timestamptz not null default now(),
  -- Nobody is shut out for ever: a block that is still needed is made again.
  expires_at timestamptz not null,
  created_by uuid not null,
  lifted_at timestamptz,
  lifted_by uuid,
  check ((kind = 'ip') = (network is not null) and (kind = 'ip') = (subject is null))
);

create index blocks_standing on private.blocks (expires_at) where lifted_at is null;

revoke all on private.rate_limits, private.blocks from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but the functions below.
alter table private.rate_limits enable row level security;
alter table private.blocks enable row level security;

-- Counts a call in a sliding window: this window's count and the part of the last one's that still overlaps.
-- One statement decides and counts, so no two callers get the last place. Answers {allowed, remaining, resetAt}
-- (ms since 1970) by the database's clock.
create or replace function public.take_rate_limit(p_policy text, p_subject text, p_limit integer, p_window_seconds integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now double precision := extract(epoch from clock_timestamp());
  v_index bigint;
  v_carried double precision;
  v_count integer;
  v_allowed boolean;
begin
  if p_limit not between 1 and 1000000 or p_window_seconds not between 1 and 86400 then
    perform private.refuse(422, 'rule_broken', 'A limit is 1 to 1,000,000 calls in at most a day.');
  end if;
  v_index := floor(v_now / p_window_seconds);
  select coalesce(max(r.count), 0) * (1 - (v_now / p_window_seconds - v_index)) into v_carried
  from private.rate_limits r
  where r.policy = p_policy and r.subject = p_subject and r.window_index = v_index - 1;

  insert into private.rate_limits as r (policy, subject, window_index, count, expires_at)
  select p_policy, p_subject, v_index, 1, to_timestamp((v_index + 2) * p_window_seconds)
  where v_carried + 1 <= p_limit
  on conflict (policy, subject, window_index) do update set count = r.count + 1
  where v_carried + r.count + 1 <= p_limit
  returning r.count into v_count;
  v_allowed := found;

  -- One call in a hundred takes out what is over.
  if random() < 0.01 then
    delete from private.rate_limits r
    where (r.policy, r.subject, r.window_index) in (
      select o.policy, o.subject, o.window_index from private.rate_limits o
      where o.expires_at < now() order by o.expires_at limit 1000 for update skip locked
    );
  end if;
  return jsonb_build_object(
    'allowed', v_allowed,
    'remaining', case when v_allowed then greatest(0, floor(p_limit - v_carried - v_count)) else 0 end,
    'resetAt', ((v_index + 1) * p_window_seconds * 1000)
  );
end;
$$;

create or replace function private.require_operator()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_actor uuid := private.require_live_caller();
begin
  if not private.has_role('operator') then
    perform private.refuse(403, 'forbidden', 'Only an operator may do this.');
  end if;
  return v_actor;
end;
$$;

-- Shuts out a network (an address alone is one), an e-mail address or an account until a time. Returns the block's id.
create or replace function public.block_caller(p_kind text, p_subject text, p_reason text, p_expires_at timestamptz)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_actor uuid := private.require_operator();
  v_network cidr;
  v_id uuid;
begin
  if char_length(btrim(coalesce(p_reason, ''))) not between 1 and 500 then
    perform private.refuse(422, 'rule_broken', 'Say why, in at most 500 characters.');
  end if;
  if p_expires_at is null or p_expires_at <= now() or p_expires_at > now() + interval '1 year' then
    perform private.refuse(422, 'rule_broken', 'A block ends within a year.');
  end if;
  if p_kind = 'ip' then
    begin
      v_network := network(p_subject::inet);
    exception when others then
      perform private.refuse(422, 'rule_broken', 'This is not an address or network, such as 203.0.113.7 or 2001:db8::/48.');
    end;
    if masklen(v_network) < (case family(v_network) when 4 then 8 else 19 end) then
      perform private.refuse(422, 'rule_broken', 'This network is too large to shut out: at most /8, or /19 of IPv6.');
    end if;
    -- Callers of IPv6 are known by their /64, which is one customer.
    if family(v_network) = 6 and masklen(v_network) > 64 then
      v_network := network(set_masklen(v_network::inet, 64));
    end if;
  elsif p_kind = 'email' then
    if p_subject !~ '^[^@\s]+@[^@\s]+$' then
      perform private.refuse(422, 'rule_broken', 'This is not an e-mail address.');
    end if;
  elsif p_kind = 'user' then
    if not exists (select from auth.users u where u.id::text = lower(p_subject)) then
      perform private.refuse(404, 'not_found', 'There is no such account.');
    end if;
    if lower(p_subject) = v_actor::text then
      perform private.refuse(403, 'forbidden', 'Nobody may shut themselves out.');
    end if;
  else
    perform private.refuse(422, 'rule_broken', 'A block is of an ip, an email or a user.');
  end if;
  insert into private.blocks (kind, network, subject, reason, expires_at, created_by)
  values (
    p_kind, v_network,
    case p_kind
      when 'email' then encode(sha256(convert_to(lower(btrim(p_subject)), 'UTF8')), 'hex')
      when 'user' then lower(p_subject)
    end,
    btrim(p_reason), p_expires_at, v_actor
  )
  returning id into v_id;
  return v_id;
end;
$$;

-- Ends a block. Returns whether it stood.
create or replace function public.lift_block(p_id uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_actor uuid := private.require_operator();
begin
  update private.blocks b set lifted_at = now(), lifted_by = v_actor
  where b.id = p_id and b.lifted_at is null and b.expires_at > now();
  return found;
end;
$$;

-- The last blocks with who made and lifted them, newest first.
create or replace function public.list_blocks()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_operator();
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'kind', b.kind, 'network', b.network, 'subject', b.subject,
      'reason', b.reason, 'createdAt', b.created_at, 'expiresAt', b.expires_at, 'createdBy', b.created_by,
      'liftedAt', b.lifted_at, 'liftedBy', b.lifted_by) order by b.created_at desc), '[]'::jsonb)
    from (select * from private.blocks o order by o.created_at desc limit 500) b
  );
end;
$$;

-- The blocks that stand, for the processes that refuse by them.
create or replace function public.read_blocks()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('kind', b.kind, 'subject', coalesce(b.network::text, b.subject),
    'expiresAt', b.expires_at)), '[]'::jsonb)
  from (
    select * from private.blocks o where o.lifted_at is null and o.expires_at > now()
    order by o.created_at desc limit 20000
  ) b;
$$;

revoke all on function private.require_operator() from public, anon, authenticated, service_role;
revoke all on function public.take_rate_limit(text, text, integer, integer) from public, anon, authenticated;
revoke all on function public.block_caller(text, text, text, timestamptz) from public, anon, service_role;
revoke all on function public.lift_block(uuid) from public, anon, service_role;
revoke all on function public.list_blocks() from public, anon, service_role;
revoke all on function public.read_blocks() from public, anon, authenticated;
grant execute on function public.take_rate_limit(text, text, integer, integer) to service_role;
grant execute on function public.block_caller(text, text, text, timestamptz) to authenticated;
grant execute on function public.lift_block(uuid) to authenticated;
grant execute on function public.list_blocks() to authenticated;
grant execute on function public.read_blocks() to service_role;
