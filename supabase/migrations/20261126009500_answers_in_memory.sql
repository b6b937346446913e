-- Answers feed the memory of patterns: a workflow reads what was answered, and what a learner deleted does not come back from
-- answers that were given before, whether they had been looked at by then or not.

alter table private.forgotten_patterns
  add column forgotten_at timestamptz not null default clock_timestamp(),
  drop constraint one_source,
  -- Neither: every answer that was given until then.
  add constraint at_most_one_source check (analysis_id is null or response_id is null);

create or replace function private.is_forgotten(
  p_user uuid, p_source public.pattern_sighting_source, p_source_id uuid, p_pattern text
)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from private.forgotten_patterns f
    where f.user_id = p_user and f.mark = private.pattern_mark(p_user, p_pattern)
      and case p_source
        when 'exercise' then f.response_id = p_source_id
          or f.analysis_id is null and f.response_id is null and exists (
            select from public.learning_responses r where r.id = p_source_id and r.answered_at <= f.forgotten_at)
        else exists (
          select from public.analyses gone join public.analyses asked on asked.id = p_source_id
          where gone.id = f.analysis_id
            and (gone.id = asked.id or (gone.repo_url = asked.repo_url and gone.commit_sha = asked.commit_sha)))
        end);
$$;

-- Each deletion leaves its time, also that of a pattern which nothing but the learner's own word spoke for.
create or replace function private.note_forgotten(p_user uuid, p_pattern text)
returns void
language sql
set search_path = ''
as $$
  insert into private.forgotten_patterns (user_id, mark) values (p_user, private.pattern_mark(p_user, p_pattern))
  on conflict on constraint once do update set forgotten_at = excluded.forgotten_at;
$$;

create or replace function public.forget_pattern(p_user uuid, p_pattern uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_pattern text;
begin
  perform from public.pattern_spaces s where s.user_id = p_user for no key update;
  insert into private.forgotten_patterns (user_id, analysis_id, response_id, mark)
  select p_user, g.analysis_id, g.response_id, private.pattern_mark(p_user, l.pattern)
  from public.learner_patterns l join public.learner_pattern_sightings g on g.learner_pattern_id = l.id
  where l.id = p_pattern and l.user_id = p_user
  on conflict do nothing;
  delete from public.learner_patterns l where l.id = p_pattern and l.user_id = p_user returning l.pattern into v_pattern;
  if not found then
    return false;
  end if;
  perform private.note_forgotten(p_user, v_pattern);
  perform private.count_event('learning.pattern_forgotten', '{}'::jsonb);
  return true;
end;
$$;

-- An answer, for whoever remembers what it shows; null when it is gone.
create or replace function public.read_answer(p_response uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('userId', r.user_id, 'activityId', r.activity_id, 'answer', r.answer, 'passed', r.passed,
    'standing', r.standing)
  from public.learning_responses r where r.id = p_response;
$$;

-- Which of these structures are the learner's: [{pattern, structures}], without what they said is not theirs.
create or replace function public.known_structures(p_user uuid, p_fingerprints text[])
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('pattern', m.pattern, 'structures', m.prints) order by m.pattern), '[]'::jsonb)
  from (
    select l.pattern, array_agg(distinct f.print) as prints
    from public.learner_pattern_sightings g
    join public.learner_patterns l on l.id = g.learner_pattern_id
    cross join lateral unnest(g.fingerprints) as f(print)
    where g.user_id = p_user and g.fingerprints && p_fingerprints and f.print = any (p_fingerprints)
      and (l.correction is null or l.correction not in ('not_mine', 'wrong'))
    group by l.pattern
  ) m;
$$;

revoke all on function private.note_forgotten(uuid, text) from public, anon, authenticated, service_role;
revoke all on function public.read_answer(uuid), public.known_structures(uuid, text[]) from public, anon, authenticated;
grant execute on function public.read_answer(uuid) to service_role;
grant execute on function public.known_structures(uuid, text[]) to service_role;
