-- Repository analyses: who asked, how far it is, what was found; and the GitHub grants they run on.

create type public.analysis_status as enum ('queued', 'running', 'completed', 'failed', 'canceled');

create table public.analyses (
  id uuid primary key default gen_random_uuid(),
  -- Who started it; null once that account is gone and others still use the result.
  requested_by uuid references auth.users (id) on delete set null,
  -- The one account a private repository's result belongs to; null for a public repository.
  private_to uuid references auth.users (id) on delete cascade,
  repo_url text not null,
  host text not null,
  owner text not null,
  name text not null,
  -- Branch or tag; '' is the repository's default branch.
  ref text not null default '',
  commit_sha text check (commit_sha ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
  -- Which version of the analysis made the result: an older one is not answered from the cache.
  engine integer not null,
  status public.analysis_status not null default 'queued',
  phase text not null default 'queued',
  progress smallint not null default 0 check (progress between 0 and 100),
  -- Grows with each message about this analysis; a client drops what is not newer than it has.
  version bigint not null default 0,
  estimated_seconds integer not null,
  result jsonb,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint result_when_completed check (status <> 'completed' or (result is not null and progress = 100)),
  constraint error_when_failed check (status <> 'failed' or (error_code is not null and error_message is not null)),
  constraint finished_when_over check ((status in ('queued', 'running')) = (finished_at is null))
);

-- Everyone who asked for an analysis: started it, joined it while it ran, or was answered from it.
create table public.analysis_askers (
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  how text not null check (how in ('started', 'joined', 'cached')),
  asked_at timestamptz not null default now(),
  primary key (analysis_id, user_id)
);

-- The newest message of each kind and phase; `found` rows together are what is known so far.
create table public.analysis_events (
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  type text not null check (type in ('progress', 'found', 'done')),
  phase text not null,
  version bigint not null,
  data jsonb not null,
  at timestamptz not null default now(),
  primary key (analysis_id, type, phase)
);

-- A user's GitHub grant, encrypted by the application; the database never sees the token or the key.
create table private.github_tokens (
  user_id uuid primary key references auth.users (id) on delete cascade,
  ciphertext text not null check (ciphertext <> ''),
  scopes text[] not null default '{}',
  github_login text,
  connected_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index analyses_requested_by on public.analyses (requested_by);
create index analyses_private_to on public.analyses (private_to);
create index analyses_repository on public.analyses (repo_url, ref, finished_at desc) where status = 'completed';
create index analyses_created on public.analyses (created_at desc, id desc);
create index analyses_unfinished on public.analyses (updated_at) where status in ('queued', 'running');
create index analysis_askers_user on public.analysis_askers (user_id, asked_at desc);
-- One running analysis for a repository and ref: everyone's when public, each user's own when private.
create unique index analyses_one_running on public.analyses
  (repo_url, ref, engine, coalesce(private_to, '00000000-0000-0000-0000-000000000000'::uuid))
  where status in ('queued', 'running');

revoke all on public.analyses, public.analysis_askers, public.analysis_events from public, anon, authenticated, service_role;
revoke all on private.github_tokens from public, anon, authenticated, service_role;
grant select on public.analyses, public.analysis_askers, public.analysis_events to authenticated;

create trigger analyses_touch before update on public.analyses
  for each row execute function private.touch_updated_at();
create trigger github_tokens_touch before update on private.github_tokens
  for each row execute function private.touch_updated_at();

alter table public.analyses enable row level security;
alter table public.analysis_askers enable row level security;
alter table public.analysis_events enable row level security;
alter table private.github_tokens enable row level security;

create policy "Those who asked for an analysis read it" on public.analyses
  for select to authenticated
  using (exists (
    select 1 from public.analysis_askers a where a.analysis_id = analyses.id and a.user_id = (select auth.uid())
  ));

create policy "People see that they asked" on public.analysis_askers
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "Those who asked for an analysis read what it found" on public.analysis_events
  for select to authenticated
  using (exists (
    select 1 from public.analysis_askers a
    where a.analysis_id = analysis_events.analysis_id and a.user_id = (select auth.uid())
  ));

-- For the policies of realtime channels: may this user listen to `analysis:<id>`?
create or replace function private.may_see_analysis(p_analysis uuid, p_user uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select 1 from public.analysis_askers a where a.analysis_id = p_analysis and a.user_id = p_user);
$$;

-- Records a message and broadcasts it to `analysis:<id>` when the transaction commits.
create or replace function private.emit_analysis(p_analysis uuid, p_type text, p_phase text, p_data jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_version bigint;
  -- A `found` says of which phase; the other kinds carry it themselves.
  v_data jsonb := case when p_type = 'found' then jsonb_build_object('phase', p_phase, 'found', p_data) else p_data end;
begin
  update public.analyses set version = version + 1 where id = p_analysis returning version into v_version;
  insert into public.analysis_events (analysis_id, type, phase, version, data)
  values (p_analysis, p_type, p_phase, v_version, p_data)
  on conflict (analysis_id, type, phase) do update
    set version = excluded.version, data = excluded.data, at = now();
  perform realtime.send(
    jsonb_build_object(
      'type', p_type, 'data', v_data, 'version', v_version,
      'at', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    ),
    p_type, 'analysis:' || p_analysis::text, true
  );
  return v_version;
end;
$$;

-- How long an analysis will probably take: this repository's last time, else the median of recent ones.
create or replace function private.estimate_analysis_seconds(p_repo_url text)
returns integer
language sql
stable
set search_path = ''
as $$
  select greatest(1, ceil(coalesce(
    (select extract(epoch from finished_at - started_at) from public.analyses
      where repo_url = p_repo_url and status = 'completed' order by finished_at desc limit 1),
    (select percentile_cont(0.5) within group (order by extract(epoch from recent.finished_at - recent.started_at))
      from (select finished_at, started_at from public.analyses
            where status = 'completed' order by created_at desc limit 50) recent),
    15
  )))::integer;
$$;

-- Starts an analysis, joins the one that runs, or finds the finished one: the same commit, or the same
-- repository within 24 hours. The caller has checked, just now, that p_user can read the repository.
-- Returns {id, outcome: started|joined|cached, status, estimatedSeconds}.
create or replace function public.start_analysis(
  p_user uuid,
  p_repo_url text,
  p_host text,
  p_owner text,
  p_name text,
  p_ref text,
  p_commit text,
  p_private boolean,
  p_fresh boolean,
  p_engine integer,
  p_traceparent text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_private_to uuid := case when p_private then p_user end;
  v_traceparent text := nullif(p_traceparent, '');
  v_analysis public.analyses;
  v_outcome text;
begin
  if not p_fresh then
    select a.* into v_analysis from public.analyses a
    where a.repo_url = p_repo_url and a.ref = coalesce(p_ref, '') and a.status = 'completed'
      and a.engine = p_engine and a.private_to is not distinct from v_private_to
      and (a.commit_sha = p_commit or a.finished_at > now() - interval '24 hours')
    order by (a.commit_sha = p_commit) desc nulls last, a.finished_at desc
    limit 1;
    if found then
      insert into public.analysis_askers (analysis_id, user_id, how) values (v_analysis.id, p_user, 'cached')
      on conflict (analysis_id, user_id) do update set asked_at = now();
      perform private.append_outbox('analysis', v_analysis.id, 'analysis/completed',
        jsonb_build_object('analysisId', v_analysis.id, 'userIds', jsonb_build_array(p_user), 'fromCache', true), v_traceparent);
      return jsonb_build_object('id', v_analysis.id, 'outcome', 'cached', 'status', v_analysis.status, 'estimatedSeconds', 0);
    end if;
  end if;

  -- Whoever loses the race for the unique index waits for the winner and joins it; should the winner
  -- end in between, the next turn starts a new one.
  for i in 1..5 loop
    insert into public.analyses
      (requested_by, private_to, repo_url, host, owner, name, ref, commit_sha, engine, estimated_seconds)
    values
      (p_user, v_private_to, p_repo_url, p_host, p_owner, p_name, coalesce(p_ref, ''), p_commit, p_engine,
       private.estimate_analysis_seconds(p_repo_url))
    on conflict do nothing
    returning * into v_analysis;
    if found then
      v_outcome := 'started';
      perform private.append_outbox('analysis', v_analysis.id, 'analysis/requested',
        jsonb_build_object('analysisId', v_analysis.id, 'userId', p_user), v_traceparent);
      exit;
    end if;
    select a.* into v_analysis from public.analyses a
    where a.repo_url = p_repo_url and a.ref = coalesce(p_ref, '') and a.engine = p_engine
      and a.private_to is not distinct from v_private_to and a.status in ('queued', 'running')
    for share;
    if found then
      v_outcome := 'joined';
      exit;
    end if;
  end loop;
  if v_outcome is null then
    perform private.refuse(409, 'conflict', 'This analysis is being started and stopped at the same moment. Try again.');
  end if;

  insert into public.analysis_askers (analysis_id, user_id, how) values (v_analysis.id, p_user, v_outcome)
  on conflict (analysis_id, user_id) do nothing;
  return jsonb_build_object('id', v_analysis.id, 'outcome', v_outcome, 'status', v_analysis.status,
    'estimatedSeconds', v_analysis.estimated_seconds);
end;
$$;

-- What the workflow needs to know to run: read anew in each step, so that events carry ids alone.
create or replace function public.read_analysis_job(p_analysis uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', a.id, 'repoUrl', a.repo_url, 'ref', a.ref, 'commit', a.commit_sha, 'privateTo', a.private_to,
    'status', a.status, 'engine', a.engine, 'startedAt', a.started_at,
    'found', coalesce((select jsonb_object_agg(e.phase, e.data) from public.analysis_events e
                       where e.analysis_id = a.id and e.type = 'found'), '{}'::jsonb)
  )
  from public.analyses a where a.id = p_analysis;
$$;

-- Records how far an analysis is and, when given, what the phase found. Repeating it changes nothing
-- but the version. Returns false when the analysis is over, so that the workflow stops.
create or replace function public.record_analysis_progress(p_analysis uuid, p_phase text, p_progress integer, p_found jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_analysis public.analyses;
begin
  update public.analyses a
  set status = 'running', phase = p_phase, progress = greatest(a.progress, p_progress),
      started_at = coalesce(a.started_at, now())
  where a.id = p_analysis and a.status in ('queued', 'running')
  returning a.* into v_analysis;
  if not found then
    return false;
  end if;
  if p_found is not null then
    perform private.emit_analysis(p_analysis, 'found', p_phase, p_found);
  end if;
  perform private.emit_analysis(p_analysis, 'progress', p_phase,
    jsonb_build_object('phase', p_phase, 'progress', v_analysis.progress));
  return true;
end;
$$;

-- Tells everyone who waits that it is over: the page by broadcast, the person by a notice.
create or replace function private.announce_analysis_end(p_analysis public.analyses, p_title text, p_body text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_user uuid;
begin
  perform private.emit_analysis(p_analysis.id, 'done', 'done',
    jsonb_build_object('status', p_analysis.status, 'progress', p_analysis.progress));
  for v_user in select user_id from public.analysis_askers where analysis_id = p_analysis.id loop
    perform private.notify(v_user, 'analysis.' || p_analysis.status::text, p_title, p_body, '/learn/analyses/' || p_analysis.id::text);
  end loop;
end;
$$;

-- Stores the result. Repeating it is harmless; returns false when the analysis was over in another way.
create or replace function public.complete_analysis(p_analysis uuid, p_commit text, p_result jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_analysis public.analyses;
begin
  update public.analyses a
  set status = 'completed', phase = 'done', progress = 100, commit_sha = p_commit, result = p_result,
      started_at = coalesce(a.started_at, now()), finished_at = clock_timestamp()
  where a.id = p_analysis and a.status in ('queued', 'running')
  returning a.* into v_analysis;
  if not found then
    return exists (select 1 from public.analyses a where a.id = p_analysis and a.status = 'completed');
  end if;
  perform private.append_outbox('analysis', p_analysis, 'analysis/completed', jsonb_build_object(
    'analysisId', p_analysis, 'fromCache', false,
    'userIds', (select coalesce(jsonb_agg(user_id), '[]'::jsonb) from public.analysis_askers where analysis_id = p_analysis)
  ));
  perform private.announce_analysis_end(v_analysis, v_analysis.owner || '/' || v_analysis.name || ' is analysed',
    'The analysis is ready to look at.');
  return true;
end;
$$;

-- Ends an analysis that could not be done: p_message is for people, p_cause for operators, who find it
-- among the dead letters. A final answer of the repository's host (gone, no access) is no dead letter.
create or replace function public.fail_analysis(
  p_analysis uuid, p_code text, p_message text, p_cause text, p_attempts integer, p_dead_letter boolean
)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_analysis public.analyses;
begin
  update public.analyses a
  set status = 'failed', error_code = p_code, error_message = p_message, finished_at = clock_timestamp()
  where a.id = p_analysis and a.status in ('queued', 'running')
  returning a.* into v_analysis;
  if not found then
    return false;
  end if;
  if p_dead_letter then
    insert into private.dead_letters (source, name, subject_type, subject_id, cause, attempts, payload)
    values ('job', 'analyse-repository', 'analysis', p_analysis, left(p_cause, 4000), p_attempts,
            jsonb_build_object('analysisId', p_analysis, 'phase', v_analysis.phase, 'code', p_code));
  end if;
  perform private.append_outbox('analysis', p_analysis, 'analysis/failed',
    jsonb_build_object('analysisId', p_analysis, 'code', p_code));
  perform private.announce_analysis_end(v_analysis, v_analysis.owner || '/' || v_analysis.name || ' could not be analysed', p_message);
  return true;
end;
$$;

-- Cancels for the caller. While others wait for the same analysis the caller only leaves it.
-- Returns canceled or left.
create or replace function public.cancel_analysis(p_analysis uuid)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_user uuid := (select auth.uid());
  v_analysis public.analyses;
  v_heir uuid;
begin
  select a.* into v_analysis from public.analyses a
  where a.id = p_analysis and private.may_see_analysis(a.id, v_user)
  for update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such analysis.');
  end if;
  if v_analysis.status = 'canceled' then
    return 'canceled';
  end if;
  if v_analysis.status not in ('queued', 'running') then
    perform private.refuse(409, 'conflict', 'This analysis is over already; there is nothing to cancel.');
  end if;
  select k.user_id into v_heir from public.analysis_askers k
  where k.analysis_id = p_analysis and k.user_id <> v_user order by k.asked_at limit 1;
  if found then
    delete from public.analysis_askers k where k.analysis_id = p_analysis and k.user_id = v_user;
    update public.analyses a set requested_by = v_heir where a.id = p_analysis and a.requested_by = v_user;
    return 'left';
  end if;
  update public.analyses a set status = 'canceled', finished_at = clock_timestamp() where a.id = p_analysis
  returning a.* into v_analysis;
  perform private.append_outbox('analysis', p_analysis, 'analysis/canceled', jsonb_build_object('analysisId', p_analysis));
  perform private.emit_analysis(p_analysis, 'done', 'done',
    jsonb_build_object('status', v_analysis.status, 'progress', v_analysis.progress));
  return 'canceled';
end;
$$;

-- An analysis that has not moved for half an hour is not running any more: say so, free its place.
create or replace function public.fail_stale_analyses()
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id uuid;
  v_count integer := 0;
begin
  for v_id in
    select a.id from public.analyses a
    where a.status in ('queued', 'running') and a.updated_at < now() - interval '30 minutes'
    limit 100
    for update skip locked
  loop
    perform public.fail_analysis(v_id, 'analysis_stalled',
      'The analysis stopped moving and was given up. Start it again.', 'no progress for 30 minutes', 0, true);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

create or replace function public.store_github_token(p_user uuid, p_ciphertext text, p_scopes text[], p_login text)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into private.github_tokens (user_id, ciphertext, scopes, github_login)
  values (p_user, p_ciphertext, p_scopes, nullif(p_login, ''))
  on conflict (user_id) do update
    set ciphertext = excluded.ciphertext, scopes = excluded.scopes,
        github_login = coalesce(excluded.github_login, private.github_tokens.github_login), connected_at = now();
$$;

create or replace function public.read_github_token(p_user uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('ciphertext', t.ciphertext, 'scopes', to_jsonb(t.scopes))
  from private.github_tokens t where t.user_id = p_user;
$$;

create or replace function public.delete_github_token(p_user uuid)
returns boolean
language sql
security definer
set search_path = ''
as $$
  with gone as (delete from private.github_tokens t where t.user_id = p_user returning 1)
  select exists (select 1 from gone);
$$;

-- What settings shows of the caller's own grant; never the token.
create or replace function public.my_github_connection()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('login', t.github_login, 'scopes', to_jsonb(t.scopes), 'connectedAt', t.connected_at)
  from private.github_tokens t where t.user_id = (select auth.uid());
$$;

grant execute on function public.start_analysis(uuid, text, text, text, text, text, text, boolean, boolean, integer, text) to service_role;
grant execute on function public.read_analysis_job(uuid) to service_role;
grant execute on function public.record_analysis_progress(uuid, text, integer, jsonb) to service_role;
grant execute on function public.complete_analysis(uuid, text, jsonb) to service_role;
grant execute on function public.fail_analysis(uuid, text, text, text, integer, boolean) to service_role;
grant execute on function public.fail_stale_analyses() to service_role;
grant execute on function public.store_github_token(uuid, text, text[], text) to service_role;
grant execute on function public.read_github_token(uuid) to service_role;
grant execute on function public.delete_github_token(uuid) to service_role;
grant execute on function public.cancel_analysis(uuid) to authenticated;
grant execute on function public.my_github_connection() to authenticated;
