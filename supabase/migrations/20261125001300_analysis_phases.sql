-- What each phase of a running analysis found, kept until the result is put together; how each run went, kept for good;
-- and whether people want mail about their analyses.

alter table public.preferences add column mail_analysis boolean not null default true;

-- Whole results of phases, too large to broadcast. The clone they were read from is gone when the step that read it
-- ends; later steps read them here. Removed when the analysis ends, in any way.
create table private.analysis_phase_results (
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  phase text not null check (phase in ('patterns', 'security', 'insights', 'scan')),
  data jsonb not null,
  at timestamptz not null default now(),
  primary key (analysis_id, phase)
);

-- One row for each analysis that ended: what it took. Failures stand in the dead letters as well, with their cause.
create table private.analysis_runs (
  analysis_id uuid primary key references public.analyses (id) on delete cascade,
  repo_url text not null,
  engine integer not null,
  outcome text not null check (outcome in ('completed', 'failed', 'canceled')),
  error_code text,
  files integer check (files >= 0),
  bytes bigint check (bytes >= 0),
  -- From its first step to its last, waiting included.
  total_ms bigint check (total_ms >= 0),
  -- {clone, languages, patterns, security}: milliseconds that each phase worked.
  phase_ms jsonb not null default '{}'::jsonb,
  -- Largest resident memory of the process that read it.
  peak_bytes bigint,
  ended_at timestamptz not null default now()
);

create index analysis_runs_repository on private.analysis_runs (repo_url, ended_at desc) where outcome = 'completed';
create index analysis_runs_recent on private.analysis_runs (ended_at desc) where outcome = 'completed';

revoke all on private.analysis_phase_results, private.analysis_runs from public, anon, authenticated, service_role;
grant update (mail_analysis) on public.preferences to authenticated;

alter table private.analysis_phase_results enable row level security;
alter table private.analysis_runs enable row level security;

-- However an analysis ends: the run is recorded, and what only it needed is removed.
create or replace function private.analysis_ended()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_scan jsonb;
begin
  select r.data into v_scan from private.analysis_phase_results r where r.analysis_id = new.id and r.phase = 'scan';
  insert into private.analysis_runs (analysis_id, repo_url, engine, outcome, error_code, files, bytes, total_ms, phase_ms, peak_bytes)
  values (
    new.id, new.repo_url, new.engine, new.status::text, new.error_code,
    (v_scan ->> 'files')::integer, (v_scan ->> 'bytes')::bigint,
    greatest(0, extract(epoch from new.finished_at - new.started_at) * 1000)::bigint,
    coalesce(v_scan -> 'ms', '{}'::jsonb), (v_scan ->> 'peakBytes')::bigint
  )
  on conflict (analysis_id) do nothing;
  delete from private.analysis_phase_results r where r.analysis_id = new.id;
  return null;
end;
$$;

create trigger analyses_ended after update of status on public.analyses
  for each row
  when (old.status in ('queued', 'running') and new.status in ('completed', 'failed', 'canceled'))
  execute function private.analysis_ended();

-- How long an analysis will probably take: this repository's last time; once the number of its files is known, that
-- number times what a file took in recent runs; else the median of recent runs.
create or replace function private.estimate_analysis_seconds(p_repo_url text, p_files integer)
returns integer
language sql
stable
set search_path = ''
as $$
  with recent as (
    select total_ms, files from private.analysis_runs where outcome = 'completed' order by ended_at desc limit 50
  )
  select greatest(1, least(600, ceil(coalesce(
    (select total_ms from private.analysis_runs
      where repo_url = p_repo_url and outcome = 'completed' order by ended_at desc limit 1),
    -- A fixed part, which small repositories show, and a part for each file.
    case when p_files is not null then
      (select min(total_ms) + p_files * percentile_cont(0.5) within group (order by total_ms::numeric / files)
       from recent where files >= 100)
    end,
    (select percentile_cont(0.5) within group (order by total_ms) from recent),
    15000
  ) / 1000.0)))::integer;
$$;

create or replace function private.estimate_analysis_seconds(p_repo_url text)
returns integer
language sql
stable
set search_path = ''
as $$
  select private.estimate_analysis_seconds(p_repo_url, null);
$$;

-- Keeps what a phase found, tells in a few words, and moves the progress: one transaction. Repeating it changes
-- nothing but the version. Returns false when the analysis is over, so that the workflow stops.
create or replace function public.record_analysis_phase(
  p_analysis uuid, p_phase text, p_progress integer, p_summary jsonb, p_data jsonb
)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not public.record_analysis_progress(p_analysis, p_phase, p_progress, p_summary) then
    return false;
  end if;
  insert into private.analysis_phase_results (analysis_id, phase, data) values (p_analysis, p_phase, p_data)
  on conflict (analysis_id, phase) do update set data = excluded.data, at = now();
  return true;
end;
$$;

-- Keeps how the scan went: {commit, files, bytes, ms, peakBytes, limits}. Returns false when the analysis is over.
create or replace function public.record_analysis_scan(p_analysis uuid, p_scan jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform 1 from public.analyses a where a.id = p_analysis and a.status in ('queued', 'running') for share;
  if not found then
    return false;
  end if;
  insert into private.analysis_phase_results (analysis_id, phase, data) values (p_analysis, 'scan', p_scan)
  on conflict (analysis_id, phase) do update set data = excluded.data, at = now();
  return true;
end;
$$;

-- The number of files is known now: a better estimate.
create or replace function public.refine_analysis_estimate(p_analysis uuid, p_files integer)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.analyses a set estimated_seconds = private.estimate_analysis_seconds(a.repo_url, p_files)
  where a.id = p_analysis and a.status in ('queued', 'running');
$$;

-- What the phases of a running analysis left: {patterns, security, insights, scan}, each when it is there.
create or replace function public.read_analysis_phases(p_analysis uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(r.phase, r.data), '{}'::jsonb)
  from private.analysis_phase_results r where r.analysis_id = p_analysis;
$$;

-- Who is mailed when an analysis has ended: those who started or joined it, want such mail and have shown that the
-- address is theirs.
create or replace function public.analysis_mail_recipients(p_analysis uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'status', a.status, 'owner', a.owner, 'name', a.name, 'message', a.error_message,
    'people', coalesce((
      select jsonb_agg(jsonb_build_object('userId', u.id, 'email', u.email, 'displayName', p.display_name) order by k.asked_at)
      from public.analysis_askers k
      join auth.users u on u.id = k.user_id
      join public.profiles p on p.id = k.user_id
      join public.preferences f on f.user_id = k.user_id
      where k.analysis_id = a.id and k.how in ('started', 'joined') and f.mail_analysis
        and p.email_verified_at is not null
    ), '[]'::jsonb)
  )
  from public.analyses a where a.id = p_analysis;
$$;

revoke all on function private.estimate_analysis_seconds(text, integer) from public, anon, authenticated, service_role;
revoke all on function private.analysis_ended() from public, anon, authenticated, service_role;
grant execute on function public.record_analysis_phase(uuid, text, integer, jsonb, jsonb) to service_role;
grant execute on function public.record_analysis_scan(uuid, jsonb) to service_role;
grant execute on function public.refine_analysis_estimate(uuid, integer) to service_role;
grant execute on function public.read_analysis_phases(uuid) to service_role;
grant execute on function public.analysis_mail_recipients(uuid) to service_role;
