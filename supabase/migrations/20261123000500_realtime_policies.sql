-- Who may listen on which private Realtime channel. Supabase Realtime asks these policies when
-- somebody joins and again at each new token. Everything is sent by the database (realtime.send),
-- so nobody is allowed to broadcast; presence can be shown in learning sessions alone.
-- `campaign:<id>` is a public channel and needs no policy.

-- Policies run as the caller, who must reach `private.may_join`; each function in `private` stays
-- closed until it is granted by name.
grant usage on schema private to authenticated;

-- May the caller listen on this topic? Whatever does not have exactly the form of a known topic is
-- refused before any of it is taken for an id.
create or replace function private.may_join(topic text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_caller uuid := auth.uid();
  v_kind text;
  v_id uuid;
  v_allowed boolean := false;
begin
  if v_caller is null or topic is null then
    return false;
  end if;

  if topic = 'admin:giving' then
    -- Signing out or losing the role counts at once, whatever the token still says.
    return private.caller_is_live() and exists (
      select 1 from public.user_roles r
      where r.user_id = v_caller and r.role::text in ('campaign_admin', 'operator')
    );
  end if;

  if topic !~ '^(user|analysis|session):[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
    return false;
  end if;
  v_kind := split_part(topic, ':', 1);
  v_id := split_part(topic, ':', 2)::uuid;

  if v_kind = 'user' then
    return v_id = v_caller;
  elsif v_kind = 'analysis' then
    return private.may_see_analysis(v_id, v_caller);
  end if;

  -- Learning sessions come with a later migration, which brings this function; until then there are none.
  if to_regprocedure('private.may_see_session(uuid, uuid)') is null then
    return false;
  end if;
  execute 'select private.may_see_session($1, $2)' into v_allowed using v_id, v_caller;
  return coalesce(v_allowed, false);
end;
$$;

revoke all on function private.may_join(text) from public, anon, authenticated, service_role;
grant execute on function private.may_join(text) to authenticated;

-- The policies come last here: they name the function.
create policy "People hear broadcasts on their own topics" on realtime.messages
  for select to authenticated
  using (extension = 'broadcast' and (select private.may_join((select realtime.topic()))));

create policy "People see who is present in their sessions" on realtime.messages
  for select to authenticated
  using (
    extension = 'presence'
    and (select realtime.topic()) like 'session:%'
    and (select private.may_join((select realtime.topic())))
  );

create policy "People show that they are present in their sessions" on realtime.messages
  for insert to authenticated
  with check (
    extension = 'presence'
    and (select realtime.topic()) like 'session:%'
    and (select private.may_join((select realtime.topic())))
  );
