-- Links in mails (verify an address, set a new password) and refresh-token families. The server
-- alone calls these, with its own key; the token itself never reaches the database, its hash does.

-- Keeps one link's hash. A person has few open links of a kind: older ones than the newest three go.
create or replace function private.keep_account_token(account auth.users, purpose text, token_hash text, lifetime interval)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from private.account_tokens t where t.expires_at < now() - interval '7 days';
  delete from private.account_tokens t
  where t.token_hash in (
    select o.token_hash from private.account_tokens o
    where o.user_id = account.id and o.purpose = keep_account_token.purpose
    order by o.created_at desc
    offset 2
  );
  insert into private.account_tokens (token_hash, user_id, purpose, email, expires_at)
  values (keep_account_token.token_hash, account.id, keep_account_token.purpose, lower(account.email), now() + lifetime);
end;
$$;

-- The open link with this hash, locked; refuses with one sentence for unknown, used and expired alike.
create or replace function private.open_account_token(token_hash text, purpose text)
returns private.account_tokens
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_token private.account_tokens;
begin
  select t.* into v_token
  from private.account_tokens t
  join auth.users u on u.id = t.user_id and lower(u.email) = t.email
  where t.token_hash = open_account_token.token_hash and t.purpose = open_account_token.purpose
    and t.used_at is null and t.expires_at > now()
  for update of t;
  if v_token.token_hash is null then
    perform private.refuse(422, 'rule_broken', 'This link has been used, has expired or is not complete. Ask for a new one.');
  end if;
  return v_token;
end;
$$;

-- Prepares a verification link. Null when there is nothing to verify (no such account, or done).
create or replace function public.issue_email_verification(p_user_id uuid, p_token_hash text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_user auth.users;
  v_name text;
begin
  select u.* into v_user from auth.users u where u.id = p_user_id and u.email is not null;
  select p.display_name into v_name from public.profiles p where p.id = p_user_id and p.email_verified_at is null;
  if v_user.id is null or v_name is null then
    return null;
  end if;
  perform private.keep_account_token(v_user, 'verify_email', p_token_hash, interval '3 days');
  return jsonb_build_object('userId', v_user.id, 'email', v_user.email, 'displayName', v_name);
end;
$$;

-- Prepares a reset link for whoever has this address. Null when nobody has.
create or replace function public.issue_password_reset(p_email text, p_token_hash text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_user auth.users;
begin
  select u.* into v_user from auth.users u where lower(u.email) = lower(btrim(p_email)) order by u.created_at limit 1;
  if v_user.id is null then
    return null;
  end if;
  perform private.keep_account_token(v_user, 'reset_password', p_token_hash, interval '1 hour');
  return jsonb_build_object('userId', v_user.id, 'email', v_user.email,
    'displayName', (select p.display_name from public.profiles p where p.id = v_user.id));
end;
$$;

-- Whose address a link is about, for the page that asks before it acts. Changes nothing.
create or replace function public.read_account_link(p_token_hash text, p_purpose text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_token private.account_tokens := private.open_account_token(p_token_hash, p_purpose);
begin
  return jsonb_build_object('userId', v_token.user_id, 'email', v_token.email);
end;
$$;

create or replace function public.verify_email(p_token_hash text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_token private.account_tokens := private.open_account_token(p_token_hash, 'verify_email');
begin
  update private.account_tokens t set used_at = now() where t.token_hash = v_token.token_hash;
  update public.profiles p set email_verified_at = now() where p.id = v_token.user_id and p.email_verified_at is null;
  insert into private.account_audit (user_id, actor_id, action) values (v_token.user_id, v_token.user_id, 'email_verified');
  return jsonb_build_object('userId', v_token.user_id, 'email', v_token.email);
end;
$$;

-- Sets a new password for whoever holds the mailed link, ends every session, and, since only the
-- address's owner can hold it, verifies the address.
create or replace function public.reset_password(p_token_hash text, p_password text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_token private.account_tokens := private.open_account_token(p_token_hash, 'reset_password');
begin
  if char_length(p_password) < 10 or octet_length(p_password) > 72 then
    perform private.refuse(422, 'weak_password', 'Choose a password of 10 to 72 characters.');
  end if;
  update auth.users u
  set encrypted_password = extensions.crypt(p_password, extensions.gen_salt('bf', 10)), updated_at = now()
  where u.id = v_token.user_id;
  delete from auth.sessions s where s.user_id = v_token.user_id;
  delete from private.account_tokens t where t.user_id = v_token.user_id and t.purpose = 'reset_password';
  update public.profiles p set email_verified_at = now() where p.id = v_token.user_id and p.email_verified_at is null;
  insert into private.account_audit (user_id, actor_id, action) values (v_token.user_id, v_token.user_id, 'password_reset');
  perform private.notify(v_token.user_id, 'account.password', 'Your password was changed',
    'All your sessions were ended. If this was not you, set a new password at once.', '/settings');
  return jsonb_build_object('userId', v_token.user_id, 'email', v_token.email);
end;
$$;

-- Ends the session of a refresh token that was already used more than ten seconds ago: somebody has a
-- copy. Supabase Auth itself still answers the direct parent of the newest token, however old.
-- Returns the session's user when a family was ended, null when the token may be tried.
create or replace function public.end_reused_token_family(p_refresh_token text)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_session uuid;
  v_user uuid;
begin
  select t.session_id into v_session
  from auth.refresh_tokens t
  where t.token = p_refresh_token and t.revoked and t.updated_at < now() - interval '10 seconds'
  limit 1;
  if v_session is null then
    return null;
  end if;
  delete from auth.sessions s where s.id = v_session returning s.user_id into v_user;
  if v_user is not null then
    insert into private.account_audit (user_id, action, detail)
    values (v_user, 'session_ended', jsonb_build_object('cause', 'refresh_token_reused'));
  end if;
  return v_user;
end;
$$;

revoke all on function private.keep_account_token(auth.users, text, text, interval) from public, anon, authenticated, service_role;
revoke all on function private.open_account_token(text, text) from public, anon, authenticated, service_role;
revoke all on function public.issue_email_verification(uuid, text) from public, anon, authenticated;
revoke all on function public.issue_password_reset(text, text) from public, anon, authenticated;
revoke all on function public.read_account_link(text, text) from public, anon, authenticated;
revoke all on function public.verify_email(text) from public, anon, authenticated;
revoke all on function public.reset_password(text, text) from public, anon, authenticated;
revoke all on function public.end_reused_token_family(text) from public, anon, authenticated;
grant execute on function public.issue_email_verification(uuid, text) to service_role;
grant execute on function public.issue_password_reset(text, text) to service_role;
grant execute on function public.read_account_link(text, text) to service_role;
grant execute on function public.verify_email(text) to service_role;
grant execute on function public.reset_password(text, text) to service_role;
grant execute on function public.end_reused_token_family(text) to service_role;
