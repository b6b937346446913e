-- Shared state: small values that several processes change, each change from a version that its writer
-- has seen. This table is the truth; memory and Redis keep copies (lib/platform/state).

create table private.states (
  scope text not null check (scope ~ '^[a-z][a-z-]{0,39}$'),
  key text not null check (char_length(key) between 1 and 200),
  version bigint not null default 1 check (version > 0),
  value jsonb not null,
  -- The last writes, newest first: a write whose answer got lost is recognised when it is sent again.
  writes uuid[] not null default '{}',
  updated_at timestamptz not null default now(),
  primary key (scope, key)
);

revoke all on private.states from public, anon, authenticated, service_role;

-- No policy: nobody reads or writes these but the functions below.
alter table private.states enable row level security;

-- The value and its version, or null when nobody has written the key.
create or replace function public.read_state(p_scope text, p_key text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('version', s.version, 'value', s.value)
  from private.states s where s.scope = p_scope and s.key = p_key;
$$;

-- Writes a value if `p_expected` is still the version (0: there is none yet). Whether it is shows in the rows
-- that were changed, never in a look beforehand. Answers {applied, version, value}: what stands now.
--
-- `p_announced` says that Redis was told before this write. When it could not be, the event that makes up
-- for it (`state/changed`) is written in the same transaction, so that it is not lost with the writer.
create or replace function public.write_state(
  p_scope text,
  p_key text,
  p_expected bigint,
  p_value jsonb,
  p_write uuid,
  p_announced boolean
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_state private.states;
  v_applied boolean;
begin
  if octet_length(p_value::text) > 262144 then
    perform private.refuse(422, 'rule_broken', 'This is too much to keep in one place. The most is 256 KB.');
  end if;
  if p_expected = 0 then
    insert into private.states (scope, key, value, writes) values (p_scope, p_key, p_value, array[p_write])
    on conflict do nothing
    returning * into v_state;
  else
    update private.states s
    set value = p_value, version = s.version + 1, writes = (p_write || s.writes)[1:32], updated_at = now()
    where s.scope = p_scope and s.key = p_key and s.version = p_expected
    returning * into v_state;
  end if;
  v_applied := found;

  if not v_applied then
    select * into v_state from private.states s where s.scope = p_scope and s.key = p_key;
    if not found then
      return jsonb_build_object('applied', false, 'version', 0, 'value', null);
    end if;
    -- The same write again: it took effect the first time.
    return jsonb_build_object(
      'applied', p_write = any (v_state.writes), 'version', v_state.version, 'value', v_state.value);
  end if;

  if not p_announced then
    perform private.append_outbox(
      'state', md5(p_scope || ':' || p_key)::uuid, 'state/changed',
      jsonb_build_object('scope', p_scope, 'key', p_key, 'version', v_state.version)
    );
  end if;
  return jsonb_build_object('applied', true, 'version', v_state.version, 'value', v_state.value);
end;
$$;

revoke all on function public.read_state(text, text) from public, anon, authenticated;
revoke all on function public.write_state(text, text, bigint, jsonb, uuid, boolean) from public, anon, authenticated;
grant execute on function public.read_state(text, text) to service_role;
grant execute on function public.write_state(text, text, bigint, jsonb, uuid, boolean) to service_role;
