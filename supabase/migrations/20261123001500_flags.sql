-- What operators have set of the product's flags. Which flags there are, their types and defaults stand in code
-- (lib/platform/flags/flags.ts); a flag without a row has its default.

create table private.flags (
  name text primary key check (name ~ '^[a-z][a-z-]{1,59}$'),
  -- The kill switch: everybody gets the flag's safe value, whatever else stands here.
  killed boolean not null default false,
  -- What those get whom a rule below takes in.
  value jsonb not null,
  percentage smallint not null default 0 check (percentage between 0 and 100),
  roles public.app_role[] not null default '{}',
  user_ids uuid[] not null default '{}' check (cardinality(user_ids) <= 1000),
  version bigint not null default 1,
  updated_at timestamptz not null default now()
);

-- Every change, who made it and why. No foreign key: the record outlives the account.
create table private.flag_audit (
  id uuid primary key default gen_random_uuid(),
  flag text not null,
  actor_id uuid not null,
  reason text not null check (char_length(btrim(reason)) between 1 and 500),
  before jsonb,
  after jsonb not null,
  at timestamptz not null default now()
);

create index flag_audit_flag on private.flag_audit (flag, at);

revoke all on private.flags, private.flag_audit from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but the functions below.
alter table private.flags enable row level security;
alter table private.flag_audit enable row level security;

create or replace function private.flag_json(flag private.flags)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('name', flag.name, 'killed', flag.killed, 'value', flag.value,
    'percentage', flag.percentage, 'roles', to_jsonb(flag.roles), 'userIds', to_jsonb(flag.user_ids), 'version', flag.version);
$$;

-- All that is set, for the processes that decide by it.
create or replace function public.read_flags()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(private.flag_json(f) order by f.name), '[]'::jsonb) from private.flags f;
$$;

-- Sets a flag's rules, all at once. Operators only, with a reason, on the record. `p_version` is the version that
-- the operator was looking at (0: none yet), so that two do not overwrite each other unseen.
create or replace function public.set_flag(
  p_name text,
  p_version bigint,
  p_killed boolean,
  p_value jsonb,
  p_percentage integer,
  p_roles public.app_role[],
  p_user_ids uuid[],
  p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_actor uuid := private.require_live_caller();
  v_before private.flags;
  v_after private.flags;
begin
  if not private.has_role('operator') then
    perform private.refuse(403, 'forbidden', 'Only an operator may change flags.');
  end if;
  if p_name !~ '^[a-z][a-z-]{1,59}$' or p_percentage not between 0 and 100 or cardinality(p_user_ids) > 1000 then
    perform private.refuse(422, 'rule_broken', 'A percentage is 0 to 100, and a flag names at most 1,000 people.');
  end if;
  if char_length(btrim(coalesce(p_reason, ''))) not between 1 and 500 then
    perform private.refuse(422, 'rule_broken', 'Say why, in at most 500 characters.');
  end if;

  select * into v_before from private.flags f where f.name = p_name for update;
  if coalesce(v_before.version, 0) <> p_version then
    perform private.refuse(409, 'conflict', 'Somebody else has changed this flag meanwhile. Load it again.');
  end if;
  insert into private.flags as f (name, killed, value, percentage, roles, user_ids)
  values (p_name, p_killed, p_value, p_percentage, p_roles, p_user_ids)
  on conflict (name) do update
    set killed = excluded.killed, value = excluded.value, percentage = excluded.percentage, roles = excluded.roles,
        user_ids = excluded.user_ids, version = f.version + 1, updated_at = now()
    where f.version = p_version
  returning * into v_after;
  if not found then
    perform private.refuse(409, 'conflict', 'Somebody else has changed this flag meanwhile. Load it again.');
  end if;
  insert into private.flag_audit (flag, actor_id, reason, before, after)
  values (p_name, v_actor, btrim(p_reason),
          case when v_before.name is not null then private.flag_json(v_before) end, private.flag_json(v_after));
  return private.flag_json(v_after);
end;
$$;

-- The flags as they are set, with their last changes, newest first. Operators only.
create or replace function public.list_flags()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_live_caller();
  if not private.has_role('operator') then
    perform private.refuse(403, 'forbidden', 'Only an operator may see flags.');
  end if;
  return jsonb_build_object(
    'flags', (select coalesce(jsonb_agg(private.flag_json(f) order by f.name), '[]'::jsonb) from private.flags f),
    'changes', (
      select coalesce(jsonb_agg(jsonb_build_object('flag', c.flag, 'actorId', c.actor_id, 'reason', c.reason,
        'before', c.before, 'after', c.after, 'at', c.at) order by c.at desc), '[]'::jsonb)
      from (select * from private.flag_audit a order by a.at desc limit 100) c
    )
  );
end;
$$;

revoke all on function private.flag_json(private.flags) from public, anon, authenticated, service_role;
revoke all on function public.read_flags() from public, anon, authenticated;
revoke all on function public.set_flag(text, bigint, boolean, jsonb, integer, public.app_role[], uuid[], text)
  from public, anon, service_role;
revoke all on function public.list_flags() from public, anon, service_role;
grant execute on function public.read_flags() to service_role;
grant execute on function public.set_flag(text, bigint, boolean, jsonb, integer, public.app_role[], uuid[], text)
  to authenticated;
grant execute on function public.list_flags() to authenticated;
