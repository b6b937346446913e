-- Share links of analyses: opt-in, revocable, known by a hash alone; and the badge of a shared repository.

create table private.analysis_shares (
  id uuid primary key default gen_random_uuid(),
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  -- Who opened it to the public, and may close it again.
  user_id uuid not null references auth.users (id) on delete cascade,
  -- SHA-256 of the link's token in hex: whoever reads the database cannot open a link.
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- One open link of a person for an analysis: a new one closes the one before.
create unique index analysis_shares_one_open on private.analysis_shares (analysis_id, user_id) where revoked_at is null;
create index analysis_shares_analysis on private.analysis_shares (analysis_id);
create index analysis_shares_user on private.analysis_shares (user_id);
-- The badge finds a public repository by its name, in whatever case it is written.
create index analyses_public_name on public.analyses (host, lower(owner), lower(name), finished_at desc)
  where status = 'completed' and private_to is null;

revoke all on private.analysis_shares from public, anon, authenticated, service_role;
alter table private.analysis_shares enable row level security;

-- Opens an analysis that p_user asked for to everybody who has the link; closes that person's older link to it.
-- A private repository's needs p_confirm_private. Returns {createdAt}.
create or replace function public.share_analysis(
  p_user uuid, p_analysis uuid, p_token_hash text, p_confirm_private boolean
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_analysis public.analyses;
  v_created timestamptz;
begin
  -- Two clicks at once wait for each other here; the later one's link stands.
  select a.* into v_analysis from public.analyses a
  where a.id = p_analysis and private.may_see_analysis(a.id, p_user)
  for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such analysis.');
  end if;
  if v_analysis.status <> 'completed' then
    perform private.refuse(409, 'conflict', 'Only a finished analysis can be shared. Wait until it is done.');
  end if;
  if v_analysis.private_to is not null and not p_confirm_private then
    perform private.refuse(422, 'rule_broken',
      'This repository is private. Confirm that its languages, figures and insights may be seen by anybody with the link.');
  end if;
  update private.analysis_shares s set revoked_at = clock_timestamp()
  where s.analysis_id = p_analysis and s.user_id = p_user and s.revoked_at is null;
  insert into private.analysis_shares (analysis_id, user_id, token_hash)
  values (p_analysis, p_user, p_token_hash)
  returning created_at into v_created;
  return jsonb_build_object('createdAt', v_created);
end;
$$;

-- Closes p_user's open link to an analysis. Returns whether there was one.
create or replace function public.revoke_analysis_share(p_user uuid, p_analysis uuid)
returns boolean
language sql
security definer
set search_path = ''
as $$
  with closed as (
    update private.analysis_shares s set revoked_at = clock_timestamp()
    where s.analysis_id = p_analysis and s.user_id = p_user and s.revoked_at is null
    returning 1
  )
  select exists (select 1 from closed);
$$;

-- Since when p_user's link to an analysis is open: {createdAt}, or null.
create or replace function public.read_analysis_share(p_user uuid, p_analysis uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('createdAt', s.created_at) from private.analysis_shares s
  where s.analysis_id = p_analysis and s.user_id = p_user and s.revoked_at is null;
$$;

-- What an open link leads to, or null. The caller takes out what is not for the public before it shows anything.
create or replace function public.read_shared_analysis(p_token_hash text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'repository', jsonb_build_object('url', a.repo_url, 'host', a.host, 'owner', a.owner, 'name', a.name),
    'private', a.private_to is not null, 'finishedAt', a.finished_at, 'result', a.result
  )
  from private.analysis_shares s join public.analyses a on a.id = s.analysis_id
  where s.token_hash = p_token_hash and s.revoked_at is null and a.status = 'completed';
$$;

-- What the badge of a public repository says: its newest analysis, while somebody shares one of them; else null.
create or replace function public.read_analysis_badge(p_host text, p_owner text, p_name text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('languages', a.result -> 'languages', 'finishedAt', a.finished_at)
  from public.analyses a
  where a.host = p_host and lower(a.owner) = lower(p_owner) and lower(a.name) = lower(p_name)
    and a.status = 'completed' and a.private_to is null
    and exists (
      select 1 from private.analysis_shares s join public.analyses o on o.id = s.analysis_id
      where s.revoked_at is null and o.host = a.host and lower(o.owner) = lower(a.owner)
        and lower(o.name) = lower(a.name) and o.private_to is null
    )
  order by a.finished_at desc
  limit 1;
$$;

grant execute on function public.share_analysis(uuid, uuid, text, boolean) to service_role;
grant execute on function public.revoke_analysis_share(uuid, uuid) to service_role;
grant execute on function public.read_analysis_share(uuid, uuid) to service_role;
grant execute on function public.read_shared_analysis(text) to service_role;
grant execute on function public.read_analysis_badge(text, text, text) to service_role;
