-- Who looks after giving hears of it live: operators of every campaign on `admin:giving`, a campaign admin of their own
-- campaigns alone on `giving:<user id>`. Supabase Realtime asks the policies at joining, not at each message, so what
-- one may hear is decided by the topic, and by what is sent on it.

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

  -- Signing out or losing the role counts at once, whatever the token still says.
  if topic = 'admin:giving' then
    return private.caller_is_live() and private.person_has_role(v_caller, 'operator');
  end if;

  if topic !~ '^(user|analysis|session|giving):[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
    return false;
  end if;
  v_kind := split_part(topic, ':', 1);
  v_id := split_part(topic, ':', 2)::uuid;

  if v_kind = 'user' then
    return v_id = v_caller;
  elsif v_kind = 'giving' then
    return v_id = v_caller and private.caller_is_live() and private.person_has_role(v_caller, 'campaign_admin');
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

-- Tells operators, and the campaign's owner for as long as they are a campaign admin. What is sent is the same.
create or replace function public.publish_to_administration(p_campaign uuid, p_type text, p_data jsonb, p_version bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner uuid := (select c.owner_id from public.campaigns c where c.id = p_campaign);
begin
  perform public.publish_message('admin:giving', true, p_type, p_data, p_version);
  if v_owner is not null and private.person_has_role(v_owner, 'campaign_admin') then
    perform public.publish_message('giving:' || v_owner, true, p_type, p_data, p_version);
  end if;
end;
$$;

revoke all on function public.publish_to_administration(uuid, text, jsonb, bigint) from public, anon, authenticated;
grant execute on function public.publish_to_administration(uuid, text, jsonb, bigint) to service_role;
