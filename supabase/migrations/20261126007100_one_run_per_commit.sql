-- One analysis for a commit however many ask for it, and by whatever name: a branch, a tag and the default branch
-- (asked for without a ref) that lead to one commit shared neither a run nor a result before.

-- Runs of one commit under several refs that are under way now may end as they are: the index takes the first of each,
-- the others learn their commit again when they are stored.
update public.analyses a set commit_sha = null
where a.status in ('queued', 'running') and exists (
  select from public.analyses b
  where b.status in ('queued', 'running') and b.repo_url = a.repo_url and b.commit_sha = a.commit_sha
    and b.engine = a.engine and b.private_to is not distinct from a.private_to
    and (b.created_at, b.id) < (a.created_at, a.id));

-- Small: it holds what runs alone.
create unique index analyses_one_running_commit on public.analyses
  (repo_url, commit_sha, engine, coalesce(private_to, '00000000-0000-0000-0000-000000000000'::uuid))
  where status in ('queued', 'running') and commit_sha is not null;

create index analyses_commit on public.analyses (repo_url, commit_sha) where status = 'completed';

-- Starts an analysis, joins the one that runs, or finds the finished one: the same commit whatever branch or tag it was
-- asked by, or the same repository and ref within 24 hours. The caller has checked, just now, that p_user can read the repository.
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
    where a.repo_url = p_repo_url and a.status = 'completed'
      and a.engine = p_engine and a.private_to is not distinct from v_private_to
      and (a.commit_sha = p_commit or (a.ref = coalesce(p_ref, '') and a.finished_at > now() - interval '24 hours'))
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

  -- Whoever loses the race for one of the two unique indexes waits for the winner and joins it; should the
  -- winner end in between, the next turn starts a new one.
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
    where a.repo_url = p_repo_url and a.engine = p_engine
      and (a.ref = coalesce(p_ref, '') or a.commit_sha = p_commit)
      and a.private_to is not distinct from v_private_to and a.status in ('queued', 'running')
    order by (a.commit_sha = p_commit) desc nulls last
    limit 1
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
