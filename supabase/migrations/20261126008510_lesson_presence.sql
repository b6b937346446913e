-- "Also learning this": on `lesson:<concept>` whoever is signed in shows that they are there, and sees how many others are.
-- Nothing is sent on it. Pages show their session's id there, which says nothing of a person.

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
begin
  if v_caller is null or topic is null then
    return false;
  end if;

  -- Signing out or losing the role counts at once, whatever the token still says.
  if topic = 'admin:giving' then
    return private.caller_is_live() and private.person_has_role(v_caller, 'operator');
  end if;

  if topic ~ '^lesson:[a-z][a-z0-9-]{0,99}$' then
    return true;
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
  return private.may_see_session(v_id, v_caller);
end;
$$;

create policy "Learners see how many are at the same lesson" on realtime.messages
  for select to authenticated
  using (
    extension = 'presence'
    and (select realtime.topic()) like 'lesson:%'
    and (select private.may_join((select realtime.topic())))
  );

create policy "Learners show that they are at a lesson" on realtime.messages
  for insert to authenticated
  with check (
    extension = 'presence'
    and (select realtime.topic()) like 'lesson:%'
    and (select private.may_join((select realtime.topic())))
  );
