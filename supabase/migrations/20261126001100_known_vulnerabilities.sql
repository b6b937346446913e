-- Known vulnerabilities of the packages that a repository's lockfiles name. Nobody is asked about them until somebody says
-- so for this one analysis, because the names and versions then leave this machine.

create type public.vulnerability_lookup_status as enum ('asked', 'done', 'failed');

-- What would be asked about: what the lockfiles of the commit name.
create table public.analysis_packages (
  analysis_id uuid primary key references public.analyses (id) on delete cascade,
  -- [{path, packages: [{ecosystem, name, version}]}]
  lockfiles jsonb not null check (jsonb_typeof(lockfiles) = 'array')
);

create table public.analysis_vulnerabilities (
  analysis_id uuid primary key references public.analyses (id) on delete cascade,
  -- Who said that the names may leave; null once that account is gone.
  asked_by uuid references auth.users (id) on delete set null,
  status public.vulnerability_lookup_status not null default 'asked',
  -- What the newest look-up that came to its end answered; it stays while a later one runs or when that fails.
  found jsonb,
  error_message text,
  asked_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint found_when_done check (status <> 'done' or found is not null),
  constraint error_when_failed check ((status = 'failed') = (error_message is not null)),
  constraint finished_when_over check ((status = 'asked') = (finished_at is null))
);

create index analysis_vulnerabilities_asked_by on public.analysis_vulnerabilities (asked_by);

revoke all on public.analysis_packages, public.analysis_vulnerabilities from public, anon, authenticated, service_role;
grant select on public.analysis_packages, public.analysis_vulnerabilities to authenticated;

alter table public.analysis_packages enable row level security;
alter table public.analysis_vulnerabilities enable row level security;

create policy "Those who asked for an analysis read which packages it names" on public.analysis_packages
  for select to authenticated
  using (exists (
    select 1 from public.analysis_askers a
    where a.analysis_id = analysis_packages.analysis_id and a.user_id = (select auth.uid())
  ));

create policy "Those who asked for an analysis read its known vulnerabilities" on public.analysis_vulnerabilities
  for select to authenticated
  using (exists (
    select 1 from public.analysis_askers a
    where a.analysis_id = analysis_vulnerabilities.analysis_id and a.user_id = (select auth.uid())
  ));

-- Keeps what the lockfiles name. Returns false when the analysis is over.
create or replace function public.record_analysis_packages(p_analysis uuid, p_lockfiles jsonb)
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
  insert into public.analysis_packages (analysis_id, lockfiles) values (p_analysis, p_lockfiles)
  on conflict (analysis_id) do update set lockfiles = excluded.lockfiles;
  return true;
end;
$$;

-- p_user lets the names of an analysis's packages be sent. A look-up that runs is joined, one of the last hour answers.
-- Returns asked, joined or known.
create or replace function public.ask_vulnerabilities(p_user uuid, p_analysis uuid, p_traceparent text)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_analysis public.analyses;
  v_last public.analysis_vulnerabilities;
begin
  select a.* into v_analysis from public.analyses a
  where a.id = p_analysis and private.may_see_analysis(a.id, p_user)
  for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such analysis.');
  end if;
  if v_analysis.status <> 'completed' then
    perform private.refuse(409, 'conflict', 'This analysis is not finished. Wait until it is done.');
  end if;
  if not exists (select 1 from public.analysis_packages p where p.analysis_id = p_analysis) then
    perform private.refuse(409, 'conflict', 'This analysis did not keep what the lockfiles name. Analyse the repository again.');
  end if;
  if not exists (select 1 from public.analysis_packages p where p.analysis_id = p_analysis and jsonb_array_length(p.lockfiles) > 0) then
    perform private.refuse(422, 'rule_broken', 'No lockfile here names a package, so there is nothing to look up.');
  end if;
  select v.* into v_last from public.analysis_vulnerabilities v where v.analysis_id = p_analysis;
  if v_last.status = 'asked' and v_last.asked_at > now() - interval '15 minutes' then
    return 'joined';
  end if;
  if v_last.status = 'done' and v_last.finished_at > now() - interval '1 hour' then
    return 'known';
  end if;
  insert into public.analysis_vulnerabilities (analysis_id, asked_by) values (p_analysis, p_user)
  on conflict (analysis_id) do update
    set asked_by = excluded.asked_by, status = 'asked', asked_at = now(), finished_at = null, error_message = null;
  perform private.append_outbox('analysis', p_analysis, 'analysis/vulnerabilities.requested',
    jsonb_build_object('analysisId', p_analysis), nullif(p_traceparent, ''));
  return 'asked';
end;
$$;

-- What a look-up that somebody asked for is about, or null when it is over.
create or replace function public.read_vulnerability_job(p_analysis uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select p.lockfiles
  from public.analysis_vulnerabilities v join public.analysis_packages p on p.analysis_id = v.analysis_id
  where v.analysis_id = p_analysis and v.status = 'asked';
$$;

-- Ends a look-up with its answer. Repeating it is harmless.
create or replace function public.complete_vulnerabilities(p_analysis uuid, p_found jsonb)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.analysis_vulnerabilities v
  set status = 'done', found = p_found, finished_at = clock_timestamp(), error_message = null
  where v.analysis_id = p_analysis and v.status = 'asked';
$$;

-- Ends a look-up without an answer: p_message is for people, p_cause for operators, who find it among the dead letters.
create or replace function public.fail_vulnerabilities(p_analysis uuid, p_message text, p_cause text, p_attempts integer)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.analysis_vulnerabilities v
  set status = 'failed', error_message = p_message, finished_at = clock_timestamp()
  where v.analysis_id = p_analysis and v.status = 'asked';
  if found then
    insert into private.dead_letters (source, name, subject_type, subject_id, cause, attempts, payload)
    values ('job', 'look-up-vulnerabilities', 'analysis', p_analysis, left(p_cause, 4000), p_attempts,
            jsonb_build_object('analysisId', p_analysis));
  end if;
end;
$$;

-- A vulnerability can be marked as all right as a finding can; it has an id of the same kind.
create or replace function private.finding_of(p_analysis public.analyses, p_finding text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(
    jsonb_path_query_first(
      p_analysis.result, '$.phases.security.findings[*] ? (@.id == $id)', jsonb_build_object('id', p_finding)
    ),
    (select jsonb_build_object(
       'rule', 'vulnerability/' || (each.found ->> 'advisory'), 'path', each.found ->> 'path',
       'title', (each.found ->> 'package') || ' ' || (each.found ->> 'version') || ': ' || (each.found ->> 'advisory')
     )
     from (
       select jsonb_path_query_first(
         v.found, '$.found[*] ? (@.id == $id)', jsonb_build_object('id', p_finding)
       ) as found
       from public.analysis_vulnerabilities v where v.analysis_id = p_analysis.id
     ) each
     where each.found is not null)
  );
$$;

grant execute on function public.record_analysis_packages(uuid, jsonb) to service_role;
grant execute on function public.ask_vulnerabilities(uuid, uuid, text) to service_role;
grant execute on function public.read_vulnerability_job(uuid) to service_role;
grant execute on function public.complete_vulnerabilities(uuid, jsonb) to service_role;
grant execute on function public.fail_vulnerabilities(uuid, text, text, integer) to service_role;
