-- What can be done with an account. Faces in `public`, each granted to exactly who may call it;
-- what is granted to service_role stands in lib/platform/supabase/trusted.ts.

create schema if not exists extensions;
create extension if not exists pgcrypto with schema extensions;

-- Row policies run as the asking role, so the questions they ask must be callable by it.
grant usage on schema private to authenticated;

create or replace function private.session_is_live(session_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from auth.sessions s
    where s.id = session_id and (s.not_after is null or s.not_after > now())
  );
$$;

-- The session that the caller's token names, as long as it is theirs and has not been ended.
create or replace function private.caller_is_live()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from auth.sessions s
    where s.id = nullif(auth.jwt() ->> 'session_id', '')::uuid
      and s.user_id = auth.uid()
      and (s.not_after is null or s.not_after > now())
  );
$$;

-- Reads the table, never the token: a role that was taken away is gone at once.
create or replace function private.has_role(wanted public.app_role)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from public.user_roles r where r.user_id = auth.uid() and r.role = wanted);
$$;

create or replace function private.has_live_role(wanted public.app_role)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.has_role(wanted) and private.caller_is_live();
$$;

create or replace function private.require_live_caller()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if auth.uid() is null then
    perform private.refuse(401, 'unauthenticated', 'Sign in to go on.');
  end if;
  if not private.caller_is_live() then
    perform private.refuse(401, 'session_ended', 'Your session has ended. Sign in again.');
  end if;
  return auth.uid();
end;
$$;

-- Everything a request needs to know about its caller, in one call. The Data API has verified the
-- token before it gets here; whether the session still lives is read from the table.
create or replace function public.my_access()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_answer jsonb;
begin
  select jsonb_build_object(
    'userId', u.id,
    'email', coalesce(u.email, ''),
    'sessionId', coalesce(auth.jwt() ->> 'session_id', ''),
    'sessionLive', private.caller_is_live(),
    'roles', (select coalesce(jsonb_agg(r.role order by r.role), '[]'::jsonb) from public.user_roles r where r.user_id = u.id),
    'displayName', p.display_name,
    'avatarUrl', p.avatar_url,
    'emailVerified', p.email_verified_at is not null,
    'isNewUser', p.onboarding_finished_at is null and p.onboarding_skipped_at is null,
    'theme', f.theme,
    'contentFormat', f.content_format
  ) into v_answer
  from auth.users u
  join public.profiles p on p.id = u.id
  join public.preferences f on f.user_id = u.id
  where u.id = auth.uid();
  if v_answer is null then
    perform private.refuse(401, 'unauthenticated', 'Sign in to go on.');
  end if;
  return v_answer;
end;
$$;

-- Tells one person something: a row in their list and a message on `user:<id>`. Returns null when
-- they have switched that family of notices off (kind's first word); `account` cannot be switched off.
create or replace function private.notify(user_id uuid, kind text, title text, body text, href text)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wanted boolean;
  v_notice public.notifications;
begin
  -- Holds the person's row, so that versions are handed out in commit order.
  perform 1 from public.profiles p where p.id = notify.user_id for no key update;
  if not found then
    return null;
  end if;
  select case split_part(notify.kind, '.', 1)
    when 'analysis' then f.notify_analysis
    when 'learning' then f.notify_learning
    when 'giving' then f.notify_giving
    else true
  end into v_wanted
  from public.preferences f where f.user_id = notify.user_id;
  if not v_wanted then
    return null;
  end if;
  insert into public.notifications (user_id, version, kind, title, body, href)
  select notify.user_id, coalesce(max(n.version), 0) + 1, notify.kind, notify.title, coalesce(notify.body, ''), notify.href
  from public.notifications n where n.user_id = notify.user_id
  returning * into v_notice;
  perform realtime.send(
    jsonb_build_object(
      'type', 'notice',
      'data', jsonb_build_object('id', v_notice.id, 'kind', v_notice.kind, 'title', v_notice.title,
                                 'body', v_notice.body, 'href', v_notice.href),
      'version', v_notice.version,
      'at', to_char(v_notice.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    ),
    'notice', 'user:' || v_notice.user_id::text, true
  );
  return v_notice.id;
end;
$$;

-- Marks these of the caller's notices as read, or with null every one up to a version. Returns how many.
create or replace function public.mark_notifications_read(p_ids uuid[] default null, p_up_to bigint default null)
returns integer
language sql
security definer
set search_path = ''
as $$
  with done as (
    update public.notifications n
    set read_at = now()
    where n.user_id = auth.uid() and n.read_at is null
      and ((p_ids is not null and n.id = any (p_ids)) or (p_ids is null and p_up_to is not null and n.version <= p_up_to))
    returning 1
  )
  select count(*)::integer from done;
$$;

-- Notes that a step of the first-run path is done, that it is finished, or that it was skipped.
create or replace function public.advance_onboarding(p_step text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_step not in ('repository', 'analysis', 'format', 'finish', 'skip') then
    perform private.refuse(422, 'rule_broken', 'There is no such step.');
  end if;
  update public.profiles p set
    onboarding_steps = case
      when p_step in ('finish', 'skip') or p_step = any (p.onboarding_steps) then p.onboarding_steps
      else p.onboarding_steps || p_step
    end,
    onboarding_finished_at = case when p_step = 'finish' then coalesce(p.onboarding_finished_at, now()) else p.onboarding_finished_at end,
    onboarding_skipped_at = case when p_step = 'skip' then coalesce(p.onboarding_skipped_at, now()) else p.onboarding_skipped_at end
  where p.id = auth.uid();
  if not found then
    perform private.refuse(401, 'unauthenticated', 'Sign in to go on.');
  end if;
end;
$$;

-- Gives or takes a role. Operators only, never to themselves, and never the last operator's.
create or replace function public.set_role(p_user_id uuid, p_role public.app_role, p_granted boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_actor uuid := private.require_live_caller();
begin
  -- One change at a time: two operators removing each other must not leave none.
  perform pg_advisory_xact_lock(hashtext('public.set_role'));
  if not private.has_role('operator') then
    perform private.refuse(403, 'forbidden', 'Only an operator may change roles.');
  end if;
  if p_granted and p_user_id = v_actor then
    perform private.refuse(403, 'forbidden', 'Nobody may raise their own role. Ask another operator.');
  end if;
  if p_role = 'member' and not p_granted then
    perform private.refuse(422, 'rule_broken', 'Everybody is a member; that role cannot be taken away.');
  end if;
  if not exists (select from public.profiles p where p.id = p_user_id) then
    perform private.refuse(404, 'not_found', 'There is no such account.');
  end if;
  if p_granted then
    insert into public.user_roles (user_id, role, granted_by) values (p_user_id, p_role, v_actor) on conflict do nothing;
  else
    perform private.keep_one_operator(p_user_id, p_role);
    delete from public.user_roles r where r.user_id = p_user_id and r.role = p_role;
  end if;
  if found then
    insert into private.account_audit (user_id, actor_id, action, detail)
    values (p_user_id, v_actor, case when p_granted then 'role_granted' else 'role_removed' end, jsonb_build_object('role', p_role));
    perform private.notify(p_user_id, 'account.role',
      case when p_granted then 'You have a new role' else 'A role was taken from you' end,
      format('An operator %s the role %s.', case when p_granted then 'gave you' else 'took from you' end, replace(p_role::text, '_', ' ')),
      '/settings');
  end if;
end;
$$;

create or replace function private.keep_one_operator(leaving uuid, losing public.app_role)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if losing = 'operator'
    and exists (select from public.user_roles r where r.user_id = leaving and r.role = 'operator')
    and not exists (select from public.user_roles r where r.role = 'operator' and r.user_id <> leaving) then
    perform private.refuse(409, 'conflict', 'This is the last operator. Make somebody else an operator first.');
  end if;
end;
$$;

-- All that is kept about the caller. Every table of `public` with a user_id column is in it by
-- itself, so a table that a later migration adds cannot be forgotten.
create or replace function public.export_my_data()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user uuid := private.require_live_caller();
  v_table name;
  v_rows jsonb;
  v_data jsonb := '{}'::jsonb;
begin
  for v_table in
    select c.relname from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
      and a.atttypid = 'uuid'::regtype
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname
  loop
    execute format('select coalesce(jsonb_agg(to_jsonb(t)), ''[]''::jsonb) from public.%I t where t.user_id = $1', v_table)
      into v_rows using v_user;
    v_data := v_data || jsonb_build_object(v_table, v_rows);
  end loop;
  return jsonb_build_object(
    'exportedAt', now(),
    'account', (select jsonb_build_object('id', u.id, 'email', u.email, 'createdAt', u.created_at, 'lastSignInAt', u.last_sign_in_at)
                from auth.users u where u.id = v_user),
    'signInMethods', (select coalesce(jsonb_agg(jsonb_build_object('provider', i.provider, 'since', i.created_at, 'lastSignInAt', i.last_sign_in_at)), '[]'::jsonb)
                      from auth.identities i where i.user_id = v_user),
    'sessions', (select coalesce(jsonb_agg(jsonb_build_object('since', s.created_at, 'userAgent', s.user_agent, 'ip', s.ip)), '[]'::jsonb)
                 from auth.sessions s where s.user_id = v_user),
    'profile', (select to_jsonb(p) from public.profiles p where p.id = v_user),
    'accountHistory', (select coalesce(jsonb_agg(jsonb_build_object('action', a.action, 'detail', a.detail, 'at', a.at) order by a.at), '[]'::jsonb)
                       from private.account_audit a where a.user_id = v_user),
    'data', v_data
  );
end;
$$;

-- Deletes the caller's account and, by cascade, all that hangs on it. Auth has no admin API in the
-- embedded stack; deleting the row works on both.
create or replace function public.delete_my_account()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_user uuid := private.require_live_caller();
begin
  perform pg_advisory_xact_lock(hashtext('public.set_role'));
  perform private.keep_one_operator(v_user, 'operator');
  insert into private.account_audit (user_id, actor_id, action) values (v_user, v_user, 'account_deleted');
  delete from auth.users u where u.id = v_user;
end;
$$;

revoke all on function private.session_is_live(uuid) from public, anon, authenticated, service_role;
revoke all on function private.require_live_caller() from public, anon, authenticated, service_role;
revoke all on function private.notify(uuid, text, text, text, text) from public, anon, authenticated, service_role;
revoke all on function private.keep_one_operator(uuid, public.app_role) from public, anon, authenticated, service_role;
revoke all on function private.caller_is_live() from public, anon, service_role;
revoke all on function private.has_role(public.app_role) from public, anon, service_role;
revoke all on function private.has_live_role(public.app_role) from public, anon, service_role;
grant execute on function private.caller_is_live() to authenticated;
grant execute on function private.has_role(public.app_role) to authenticated;
grant execute on function private.has_live_role(public.app_role) to authenticated;

revoke all on function public.my_access() from public, anon, service_role;
revoke all on function public.mark_notifications_read(uuid[], bigint) from public, anon, service_role;
revoke all on function public.advance_onboarding(text) from public, anon, service_role;
revoke all on function public.set_role(uuid, public.app_role, boolean) from public, anon, service_role;
revoke all on function public.export_my_data() from public, anon, service_role;
revoke all on function public.delete_my_account() from public, anon, service_role;
grant execute on function public.my_access() to authenticated;
grant execute on function public.mark_notifications_read(uuid[], bigint) to authenticated;
grant execute on function public.advance_onboarding(text) to authenticated;
grant execute on function public.set_role(uuid, public.app_role, boolean) to authenticated;
grant execute on function public.export_my_data() to authenticated;
grant execute on function public.delete_my_account() to authenticated;
