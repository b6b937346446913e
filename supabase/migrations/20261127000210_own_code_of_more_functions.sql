-- Many functions are tried in one run now: 160 wait instead of 24, all of them may be taken at once, and they go as soon as an analysis
-- has as many exercises as it may have.

-- What a run has to do, with the exercises that its analysis has already; null when it is over, or nobody wants it any more.
create or replace function public.read_own_code_run(p_run uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('userId', r.user_id, 'analysisId', r.analysis_id, 'status', r.status, 'repoUrl', a.repo_url,
    'ref', a.ref, 'commit', a.commit_sha, 'privateTo', a.private_to,
    'items', (select count(*) from public.own_code_items i where i.analysis_id = a.id and i.user_id = r.user_id))
  from public.own_code_runs r join public.analyses a on a.id = r.analysis_id
  where r.id = p_run and r.status in ('asked', 'running')
    and exists (select from public.own_code_consents c where c.user_id = r.user_id and c.withdrawn_at is null)
    and exists (select from public.analysis_askers k where k.analysis_id = a.id and k.user_id = r.user_id);
$$;

create or replace function public.keep_own_code_functions(p_run uuid, p_functions jsonb, p_found integer)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run public.own_code_runs;
  v_count integer;
begin
  select r.* into v_run from public.own_code_runs r where r.id = p_run for no key update;
  if not found or v_run.status not in ('asked', 'running') or not private.hold_own_code_consent(v_run.user_id) then
    return null;
  end if;
  if v_run.status = 'asked' then
    insert into private.own_code_functions (run_id, position, function)
    select p_run, f.ordinality, f.value from jsonb_array_elements(p_functions) with ordinality f
    where f.ordinality <= 160;
    update public.own_code_runs r set status = 'running', found = p_found where r.id = p_run;
  end if;
  select count(*)::integer into v_count from private.own_code_functions f where f.run_id = p_run;
  return v_count;
end;
$$;

create or replace function public.next_own_code_functions(p_run uuid, p_limit integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(n) order by n.position), '[]'::jsonb)
  from (
    select f.position, f.function from private.own_code_functions f
    where f.run_id = p_run order by f.position limit least(greatest(p_limit, 1), 160)
  ) n;
$$;

-- As before; where the analysis is full with it, the functions that still wait are forgotten too.
create or replace function public.keep_own_code_items(p_run uuid, p_positions integer[], p_items jsonb, p_used integer, p_refused integer)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run public.own_code_runs;
  v_tried integer;
  v_kept integer := 0;
  v_left integer;
  v_item record;
begin
  select r.* into v_run from public.own_code_runs r where r.id = p_run for no key update;
  if not found or v_run.status <> 'running' or not private.hold_own_code_consent(v_run.user_id) then
    return null;
  end if;
  -- Two runs of one learner take turns, so that the limit of a learner holds.
  perform pg_advisory_xact_lock(hashtextextended('own-code:' || v_run.user_id::text, 0));
  delete from private.own_code_functions f where f.run_id = p_run and f.position = any (p_positions);
  get diagnostics v_tried = row_count;
  if v_tried > 0 then
    for v_item in
      select i.* from jsonb_to_recordset(p_items) as i(id uuid, about text, concepts text[], bloom text, difficulty integer,
        name text, path text, line integer, "endLine" integer, snippet text, exercise jsonb)
    loop
      continue when (select count(*) from public.own_code_items k where k.analysis_id = v_run.analysis_id and k.user_id = v_run.user_id) >= 40
        or (select count(*) from public.own_code_items k where k.user_id = v_run.user_id) >= 200
        or octet_length(v_item.snippet) > 6144 or octet_length(v_item.exercise::text) > 24576
        or exists (
          select from private.forgotten_own_code f
          where f.user_id = v_run.user_id and f.analysis_id = v_run.analysis_id
            and f.mark = private.path_mark(v_run.user_id, v_item.path) and f.line <= v_item."endLine" and f.end_line >= v_item.line);
      insert into public.own_code_items
        (id, user_id, analysis_id, run_id, about, concepts, bloom, difficulty, name, path, line, end_line, snippet)
      values (v_item.id, v_run.user_id, v_run.analysis_id, p_run, v_item.about, v_item.concepts, v_item.bloom,
        v_item.difficulty, v_item.name, v_item.path, v_item.line, v_item."endLine", v_item.snippet);
      insert into private.own_code_exercises (item_id, exercise) values (v_item.id, v_item.exercise);
      v_kept := v_kept + 1;
    end loop;
    update public.own_code_runs r
    set tried = r.tried + v_tried, used = r.used + p_used,
        refused = r.refused + p_refused + jsonb_array_length(p_items) - v_kept
    where r.id = p_run;
  end if;
  if (select count(*) from public.own_code_items k where k.analysis_id = v_run.analysis_id and k.user_id = v_run.user_id) >= 40 then
    delete from private.own_code_functions f where f.run_id = p_run;
  end if;
  select count(*)::integer into v_left from private.own_code_functions f where f.run_id = p_run;
  return v_left;
end;
$$;

-- What no lesson is about was never shown to anybody: it goes.
delete from public.own_code_items i where i.concepts = '{}';
alter table public.own_code_items add constraint own_code_items_have_a_concept check (cardinality(concepts) > 0);
