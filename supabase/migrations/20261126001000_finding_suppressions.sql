-- Findings that somebody looked at and decided are all right, each with a reason: theirs alone, for every analysis of the
-- repository to come, because a finding keeps its id when lines above it move.

create table public.finding_suppressions (
  user_id uuid not null references auth.users (id) on delete cascade,
  -- As analyses.repo_url spells it.
  repo_url text not null,
  finding text not null check (finding ~ '^[0-9a-f]{32}$'),
  -- What it was when it was decided, so that it can still be named once the code no longer has it.
  rule text not null,
  title text not null,
  path text not null,
  reason text not null check (char_length(reason) between 8 and 300 and btrim(reason) = reason),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (user_id, repo_url, finding)
);

revoke all on public.finding_suppressions from public, anon, authenticated, service_role;
grant select on public.finding_suppressions to authenticated;

create trigger finding_suppressions_touch before update on public.finding_suppressions
  for each row execute function private.touch_updated_at();

alter table public.finding_suppressions enable row level security;

create policy "People read what they decided about findings" on public.finding_suppressions
  for select to authenticated
  using (user_id = (select auth.uid()));

-- What an analysis found under this id, or null.
create or replace function private.finding_of(p_analysis public.analyses, p_finding text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_path_query_first(
    p_analysis.result, '$.phases.security.findings[*] ? (@.id == $id)', jsonb_build_object('id', p_finding)
  );
$$;

-- p_user decides that a finding of an analysis that they asked for is all right, or says so in other words.
-- Returns {finding, rule, title, path, reason, createdAt}.
create or replace function public.suppress_finding(p_user uuid, p_analysis uuid, p_finding text, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_analysis public.analyses;
  v_finding jsonb;
  v_row public.finding_suppressions;
begin
  select a.* into v_analysis from public.analyses a
  where a.id = p_analysis and private.may_see_analysis(a.id, p_user);
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such analysis.');
  end if;
  v_finding := private.finding_of(v_analysis, p_finding);
  if v_finding is null then
    perform private.refuse(404, 'not_found', 'This analysis has no such finding.');
  end if;
  if v_finding ? 'suppressed' then
    perform private.refuse(409, 'conflict', 'A comment in the code marks this finding already. Change the comment instead.');
  end if;
  -- Two at once of the same person wait for each other here, so that the bound holds.
  perform pg_advisory_xact_lock(hashtextextended('finding_suppressions ' || p_user::text, 0));
  if (select count(*) from public.finding_suppressions s
      where s.user_id = p_user and s.repo_url = v_analysis.repo_url and s.finding <> p_finding) >= 1000 then
    perform private.refuse(422, 'rule_broken',
      'A thousand findings of this repository are marked already. Undo some that are no longer there.');
  end if;
  insert into public.finding_suppressions (user_id, repo_url, finding, rule, title, path, reason)
  values (p_user, v_analysis.repo_url, p_finding, v_finding ->> 'rule', v_finding ->> 'title', v_finding ->> 'path', p_reason)
  on conflict (user_id, repo_url, finding) do update set reason = excluded.reason
  returning * into v_row;
  return jsonb_build_object('finding', v_row.finding, 'rule', v_row.rule, 'title', v_row.title, 'path', v_row.path,
    'reason', v_row.reason, 'createdAt', v_row.created_at);
end;
$$;

-- Takes p_user's decision back. Returns whether there was one.
create or replace function public.restore_finding(p_user uuid, p_analysis uuid, p_finding text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_repository text;
begin
  select a.repo_url into v_repository from public.analyses a
  where a.id = p_analysis and private.may_see_analysis(a.id, p_user);
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such analysis.');
  end if;
  delete from public.finding_suppressions s
  where s.user_id = p_user and s.repo_url = v_repository and s.finding = p_finding;
  return found;
end;
$$;

revoke all on function private.finding_of(public.analyses, text) from public, anon, authenticated, service_role;
grant execute on function public.suppress_finding(uuid, uuid, text, text) to service_role;
grant execute on function public.restore_finding(uuid, uuid, text) to service_role;
