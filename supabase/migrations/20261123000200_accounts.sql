-- Accounts: what each person has from the first sign-in on, whichever way they came. Supabase Auth
-- keeps credentials and sessions in `auth`; everything of ours about a person is here.

create type public.app_role as enum ('member', 'campaign_admin', 'operator');

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  display_name text not null check (char_length(btrim(display_name)) between 1 and 80),
  avatar_url text check (char_length(avatar_url) <= 2048 and avatar_url ~ '^https?://'),
  -- Ours: set by our mailed link or by GitHub alone. Supabase's email_confirmed_at is always set,
  -- because registering signs in at once, and says nothing about who owns the address.
  email_verified_at timestamptz,
  onboarding_steps text[] not null default '{}' check (onboarding_steps <@ array['repository', 'analysis', 'format']),
  onboarding_finished_at timestamptz,
  onboarding_skipped_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table public.preferences (
  user_id uuid primary key references auth.users (id) on delete cascade,
  theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
  -- How explanations are laid out. A preference, never a lever on difficulty.
  content_format text not null default 'mixed' check (content_format in ('mixed', 'text', 'diagrams', 'examples')),
  notify_analysis boolean not null default true,
  notify_learning boolean not null default true,
  notify_giving boolean not null default true,
  mail_learning boolean not null default true,
  mail_giving boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table public.learning_profiles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  weekly_goal_minutes integer check (weekly_goal_minutes between 5 and 2400),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- One space a person, which everything believed about their patterns hangs on.
create table public.pattern_spaces (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null unique references auth.users (id) on delete cascade,
  created_at timestamptz not null default now()
);

create table public.user_roles (
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.app_role not null,
  granted_by uuid references auth.users (id) on delete set null,
  granted_at timestamptz not null default now(),
  primary key (user_id, role)
);

-- `version` grows by one for each person, in commit order (private.notify holds the profile's row),
-- so it is both the message version on `user:<id>` and the cursor of the list.
create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  version bigint not null,
  kind text not null check (kind ~ '^[a-z]+\.[a-z][a-z_-]*$'),
  title text not null check (char_length(title) between 1 and 200),
  body text not null default '' check (char_length(body) <= 2000),
  href text check (char_length(href) <= 500 and href ~ '^/([^/\\]|$)'),
  read_at timestamptz,
  created_at timestamptz not null default now(),
  unique (user_id, version)
);

-- Links in mails. Only the hash is kept, so a copy of this table opens nothing.
create table private.account_tokens (
  token_hash text primary key check (token_hash ~ '^[0-9a-f]{64}$'),
  user_id uuid not null references auth.users (id) on delete cascade,
  purpose text not null check (purpose in ('verify_email', 'reset_password')),
  -- The address the link was mailed to: a link proves that one and no other.
  email text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default now()
);

-- Who did what to an account. No foreign key: the record outlives the account.
create table private.account_audit (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  actor_id uuid,
  action text not null,
  detail jsonb not null default '{}'::jsonb,
  at timestamptz not null default now()
);

create index user_roles_role on public.user_roles (role);
create index user_roles_granted_by on public.user_roles (granted_by);
create index notifications_unread on public.notifications (user_id) where read_at is null;
create index account_tokens_user on private.account_tokens (user_id, purpose);
create index account_tokens_expiry on private.account_tokens (expires_at);
create index account_audit_user on private.account_audit (user_id, at);

revoke all on public.profiles, public.preferences, public.learning_profiles, public.pattern_spaces,
  public.user_roles, public.notifications from public, anon, authenticated, service_role;
revoke all on private.account_tokens, private.account_audit from public, anon, authenticated, service_role;

grant select on public.profiles, public.preferences, public.learning_profiles, public.pattern_spaces,
  public.user_roles, public.notifications to authenticated;
-- By column: nobody sets their own email_verified_at, creation date or onboarding record by hand.
grant update (display_name, avatar_url) on public.profiles to authenticated;
grant update (theme, content_format, notify_analysis, notify_learning, notify_giving, mail_learning, mail_giving)
  on public.preferences to authenticated;
grant update (weekly_goal_minutes) on public.learning_profiles to authenticated;
grant usage on type public.app_role to authenticated, service_role;

create trigger touch_updated_at before update on public.profiles
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.preferences
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.learning_profiles
  for each row execute function private.touch_updated_at();

-- The name to greet a new person by: what they or GitHub said, else the part of the address before @.
create or replace function private.initial_display_name(meta jsonb, email text)
returns text
language sql
immutable
set search_path = ''
as $$
  select left(coalesce(
    nullif(btrim(meta ->> 'display_name'), ''),
    nullif(btrim(meta ->> 'full_name'), ''),
    nullif(btrim(meta ->> 'name'), ''),
    nullif(btrim(meta ->> 'user_name'), ''),
    nullif(split_part(email, '@', 1), ''),
    'New member'
  ), 80);
$$;

-- Makes everything an account has, and its event, in the transaction that makes the account.
create or replace function private.open_account(account auth.users)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- The emulated Auth stores metadata as a JSON string inside jsonb at times; both read the same here.
  v_meta jsonb := private.unwrap_json(account.raw_user_meta_data);
  v_avatar text := left(v_meta ->> 'avatar_url', 2048);
begin
  insert into public.profiles (id, display_name, avatar_url)
  values (
    account.id,
    private.initial_display_name(v_meta, account.email),
    case when v_avatar ~ '^https?://' then v_avatar end
  );
  insert into public.preferences (user_id) values (account.id);
  insert into public.learning_profiles (user_id) values (account.id);
  insert into public.pattern_spaces (user_id) values (account.id);
  insert into public.user_roles (user_id, role) values (account.id, 'member');
  perform private.append_outbox('user', account.id, 'user/created', jsonb_build_object('userId', account.id));
end;
$$;

create or replace function private.unwrap_json(value jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case jsonb_typeof(value)
    when 'object' then value
    when 'string' then (value #>> '{}')::jsonb
    else '{}'::jsonb
  end;
$$;

create or replace function private.on_user_created()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.open_account(new);
  return new;
end;
$$;

-- An address that changed is not a verified one, and links mailed to the old one are void.
create or replace function private.on_user_email_changed()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if lower(new.email) is distinct from lower(old.email) then
    update public.profiles set email_verified_at = null where id = new.id;
    delete from private.account_tokens where user_id = new.id;
  end if;
  return new;
end;
$$;

-- A GitHub identity proves an address. Whoever had registered with it before without proving it may
-- be somebody else waiting for the owner (account pre-hijacking), so their password and their
-- sessions go. And because immediate sign-in makes Supabase Auth link unverified addresses too, an
-- identity joins an existing account only when GitHub vouches for exactly that account's address.
create or replace function private.on_identity_linked()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_data jsonb := private.unwrap_json(new.identity_data);
  v_email text;
  v_vouched boolean;
  v_joined boolean;
begin
  if new.provider <> 'github' then
    return new;
  end if;
  select lower(u.email) into v_email from auth.users u where u.id = new.user_id for update;
  v_vouched := coalesce(v_data ->> 'email_verified' = 'true' and lower(v_data ->> 'email') = v_email, false);
  v_joined := exists (select from auth.identities i where i.user_id = new.user_id and i.id <> new.id);

  if v_joined and not v_vouched then
    raise exception using
      errcode = 'PT403',
      message = 'GitHub has not verified that this address is yours, so it cannot be joined to the account that has it.',
      hint = 'forbidden';
  end if;
  if not v_vouched then
    return new;
  end if;

  if v_joined and exists (select from public.profiles p where p.id = new.user_id and p.email_verified_at is null) then
    update auth.users set encrypted_password = null where id = new.user_id;
    delete from auth.sessions where user_id = new.user_id;
    delete from private.account_tokens where user_id = new.user_id;
    insert into private.account_audit (user_id, action, detail)
    values (new.user_id, 'password_removed', jsonb_build_object('cause', 'github_linked_to_unverified_account'));
  end if;
  update public.profiles set email_verified_at = now() where id = new.user_id and email_verified_at is null;
  return new;
end;
$$;

create trigger devmentor_user_created after insert on auth.users
  for each row execute function private.on_user_created();
create trigger devmentor_user_email_changed after update of email on auth.users
  for each row execute function private.on_user_email_changed();
create trigger devmentor_identity_linked after insert on auth.identities
  for each row execute function private.on_identity_linked();

-- Accounts that were there before this migration, on a project that already had some.
do $$
declare
  v_user auth.users;
begin
  for v_user in select u.* from auth.users u where not exists (select from public.profiles p where p.id = u.id) loop
    perform private.open_account(v_user);
  end loop;
end;
$$;

alter table public.profiles enable row level security;
alter table public.preferences enable row level security;
alter table public.learning_profiles enable row level security;
alter table public.pattern_spaces enable row level security;
alter table public.user_roles enable row level security;
alter table public.notifications enable row level security;
alter table private.account_tokens enable row level security;
alter table private.account_audit enable row level security;

create policy "People read their own profile" on public.profiles
  for select to authenticated using (id = (select auth.uid()));
create policy "People change their own profile" on public.profiles
  for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy "People read their own preferences" on public.preferences
  for select to authenticated using (user_id = (select auth.uid()));
create policy "People change their own preferences" on public.preferences
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "People read their own learning profile" on public.learning_profiles
  for select to authenticated using (user_id = (select auth.uid()));
create policy "People change their own learning profile" on public.learning_profiles
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "People read their own pattern space" on public.pattern_spaces
  for select to authenticated using (user_id = (select auth.uid()));
create policy "People read their own roles" on public.user_roles
  for select to authenticated using (user_id = (select auth.uid()));
create policy "People read their own notifications" on public.notifications
  for select to authenticated using (user_id = (select auth.uid()));

revoke all on function private.initial_display_name(jsonb, text) from public, anon, authenticated, service_role;
revoke all on function private.open_account(auth.users) from public, anon, authenticated, service_role;
revoke all on function private.unwrap_json(jsonb) from public, anon, authenticated, service_role;
revoke all on function private.on_user_created() from public, anon, authenticated, service_role;
revoke all on function private.on_user_email_changed() from public, anon, authenticated, service_role;
revoke all on function private.on_identity_linked() from public, anon, authenticated, service_role;
