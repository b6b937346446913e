-- The memory of patterns, fed by analyses: what a learner deleted does not come back from the same code, a belief that
-- nothing shows any more goes with its last sighting, and what is believed is read in pages.

-- What was deleted, so that the same commit of the same repository (or the same answer) does not bring it back. It does
-- not name the pattern: only who asks for a pattern by its name can tell that it was deleted.
create table private.forgotten_patterns (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  analysis_id uuid references public.analyses (id) on delete cascade,
  response_id uuid references public.learning_responses (id) on delete cascade,
  mark bytea not null check (octet_length(mark) = 32),
  constraint one_source check ((analysis_id is null) <> (response_id is null)),
  constraint once unique nulls not distinct (user_id, mark, analysis_id, response_id)
);
create index forgotten_patterns_analysis on private.forgotten_patterns (analysis_id) where analysis_id is not null;
create index forgotten_patterns_response on private.forgotten_patterns (response_id) where response_id is not null;
revoke all on private.forgotten_patterns from public, anon, authenticated, service_role;
alter table private.forgotten_patterns enable row level security;

create or replace function private.pattern_mark(p_user uuid, p_pattern text)
returns bytea
language sql
immutable
set search_path = ''
as $$
  select sha256(convert_to(p_user::text || ' ' || p_pattern, 'UTF8'));
$$;

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
        else exists (
          select from public.analyses gone join public.analyses asked on asked.id = p_source_id
          where gone.id = f.analysis_id
            and (gone.id = asked.id or (gone.repo_url = asked.repo_url and gone.commit_sha = asked.commit_sha)))
        end);
$$;

-- A belief lives of what shows it, or of the learner's own word.
create or replace function private.drop_unseen_patterns()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from public.learner_patterns l
  where l.id in (select g.learner_pattern_id from gone g) and l.correction is null
    and not exists (select from public.learner_pattern_sightings s where s.learner_pattern_id = l.id);
  return null;
end;
$$;

create trigger sightings_gone after delete on public.learner_pattern_sightings
  referencing old table as gone
  for each statement execute function private.drop_unseen_patterns();

alter table public.learner_patterns drop constraint learner_patterns_correction_check;
alter table public.learner_patterns add constraint learner_patterns_correction_check
  check (correction in ('known', 'not_mine', 'wrong', 'want_to_learn'));

-- As before, without what was deleted; and a pattern that a source no longer shows goes, the others keep their ids.
create or replace function public.remember_patterns(
  p_user uuid, p_source public.pattern_sighting_source, p_source_id uuid, p_repo_url text, p_commit text, p_patterns jsonb
)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_space uuid;
  v_count integer;
  v_patterns text[];
begin
  if jsonb_typeof(p_patterns) <> 'array' or jsonb_array_length(p_patterns) > 500 then
    perform private.refuse(422, 'rule_broken', 'A source shows at most 500 patterns.');
  end if;
  -- Two sources of one learner take turns, and so does deleting.
  select s.id into v_space from public.pattern_spaces s where s.user_id = p_user for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such learner.');
  end if;
  if not (
    p_source = 'repository' and exists (
      select from public.analysis_askers a where a.analysis_id = p_source_id and a.user_id = p_user)
    or p_source = 'exercise' and exists (
      select from public.learning_responses r where r.id = p_source_id and r.user_id = p_user)
  ) then
    perform private.refuse(404, 'not_found', 'There is no such source.');
  end if;
  select coalesce(array_agg(distinct p.pattern), '{}') into v_patterns
  from jsonb_to_recordset(p_patterns) as p(pattern text)
  where not private.is_forgotten(p_user, p_source, p_source_id, p.pattern);
  insert into public.learner_patterns (space_id, user_id, pattern, kind, concept)
  select distinct on (p.pattern) v_space, p_user, p.pattern, p.kind, p.concept
  from jsonb_to_recordset(p_patterns) as p(pattern text, kind text, concept text)
  where p.pattern = any (v_patterns)
  order by p.pattern
  on conflict (user_id, pattern) do nothing;
  delete from public.learner_pattern_sightings g
  using public.learner_patterns l
  where g.user_id = p_user and p_source_id in (g.analysis_id, g.response_id)
    and l.id = g.learner_pattern_id and l.pattern <> all (v_patterns);
  with shown as (
    select l.id, p.count, p.good, coalesce(p.places, '[]'::jsonb) as places, coalesce(p.fingerprints, '{}') as fingerprints
    from (
      select distinct on (q.pattern) q.* from jsonb_to_recordset(p_patterns)
        as q(pattern text, count integer, good integer, places jsonb, fingerprints text[])
      where q.pattern = any (v_patterns)
      order by q.pattern
    ) p join public.learner_patterns l on l.user_id = p_user and l.pattern = p.pattern
  ), again as (
    update public.learner_pattern_sightings g
    set count = s.count, good = s.good, places = s.places, fingerprints = s.fingerprints, seen_at = now(),
        repo_url = nullif(p_repo_url, ''), commit_sha = nullif(p_commit, '')
    from shown s
    where g.learner_pattern_id = s.id and g.user_id = p_user and p_source_id in (g.analysis_id, g.response_id)
    returning g.learner_pattern_id as id
  )
  insert into public.learner_pattern_sightings
    (learner_pattern_id, user_id, source, analysis_id, response_id, repo_url, commit_sha, count, good, places, fingerprints)
  select s.id, p_user, p_source,
    case when p_source = 'repository' then p_source_id end, case when p_source = 'exercise' then p_source_id end,
    nullif(p_repo_url, ''), nullif(p_commit, ''), s.count, s.good, s.places, s.fingerprints
  from shown s where s.id not in (select a.id from again a);
  select count(*)::integer into v_count from public.learner_pattern_sightings g
  where g.user_id = p_user and p_source_id in (g.analysis_id, g.response_id);
  return v_count;
end;
$$;

-- What is believed of each of a learner's patterns.
create or replace function private.believed_patterns(p_user uuid)
returns table (
  id uuid, pattern text, kind text, concept text, correction text, "correctionNote" text, "correctedAt" timestamptz,
  count integer, good integer, "lastSeenAt" timestamptz, sightings jsonb
)
language sql
stable
set search_path = ''
as $$
  select l.id, l.pattern, l.kind, l.concept, l.correction, l.correction_note, l.corrected_at,
    coalesce(sum(g.count), 0)::integer, coalesce(sum(g.good), 0)::integer, max(g.seen_at),
    coalesce(jsonb_agg(jsonb_build_object(
      'source', g.source, 'analysisId', g.analysis_id, 'responseId', g.response_id, 'repoUrl', g.repo_url,
      'commit', g.commit_sha, 'count', g.count, 'good', g.good, 'places', g.places, 'seenAt', g.seen_at
    ) order by g.seen_at desc, g.id) filter (where g.id is not null), '[]'::jsonb)
  from public.learner_patterns l left join public.learner_pattern_sightings g on g.learner_pattern_id = l.id
  where l.user_id = p_user
  group by l.id;
$$;

create or replace function public.read_learner_patterns(p_user uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(b) order by b."lastSeenAt" desc nulls last, b.pattern), '[]'::jsonb)
  from private.believed_patterns(p_user) b;
$$;

-- A page of them, the most often seen first. p_filter: {kind?, concept?, correction?: 'none' or one, id?};
-- p_after: {count, id} of the last one of the page before.
create or replace function public.page_learner_patterns(p_user uuid, p_filter jsonb, p_after jsonb, p_limit integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(page) order by page.count desc, page.id), '[]'::jsonb)
  from (
    select b.* from private.believed_patterns(p_user) b
    where (p_filter ->> 'kind' is null or b.kind = p_filter ->> 'kind')
      and (p_filter ->> 'concept' is null or b.concept = p_filter ->> 'concept')
      and (p_filter ->> 'id' is null or b.id = (p_filter ->> 'id')::uuid)
      and (p_filter ->> 'correction' is null or coalesce(b.correction, 'none') = p_filter ->> 'correction')
      and (p_after is null or b.count < (p_after ->> 'count')::integer
        or (b.count = (p_after ->> 'count')::integer and b.id > (p_after ->> 'id')::uuid))
    order by b.count desc, b.id
    limit least(greatest(p_limit, 1), 101)
  ) page;
$$;

-- As before, with `wrong` for what the analysis misread.
create or replace function public.correct_pattern(p_user uuid, p_pattern uuid, p_correction text, p_note text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_correction text := nullif(p_correction, '');
  v_row public.learner_patterns;
begin
  if v_correction is not null and v_correction not in ('known', 'not_mine', 'wrong', 'want_to_learn') then
    perform private.refuse(422, 'rule_broken', 'A pattern can be known, not mine, wrong, or one that you want to learn.');
  end if;
  if char_length(coalesce(p_note, '')) > 500 then
    perform private.refuse(422, 'rule_broken', 'A note has up to 500 characters.');
  end if;
  update public.learner_patterns l
  set correction = v_correction, correction_note = case when v_correction is not null then nullif(btrim(p_note), '') end,
      corrected_at = case when v_correction is not null then clock_timestamp() end
  where l.id = p_pattern and l.user_id = p_user
  returning l.* into v_row;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such pattern. It may have been deleted.');
  end if;
  -- A word that is taken back leaves nothing when nothing else speaks for the pattern.
  delete from public.learner_patterns l
  where l.id = v_row.id and l.correction is null
    and not exists (select from public.learner_pattern_sightings s where s.learner_pattern_id = l.id);
  perform private.count_event('learning.pattern_corrected', jsonb_build_object('correction', v_row.correction));
  return jsonb_build_object('id', v_row.id, 'correction', v_row.correction, 'correctedAt', v_row.corrected_at);
end;
$$;

-- Deletes a pattern with all that was seen of it, and sees to it that the same sources do not bring it back. Returns
-- whether there was one.
create or replace function public.forget_pattern(p_user uuid, p_pattern uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform from public.pattern_spaces s where s.user_id = p_user for no key update;
  insert into private.forgotten_patterns (user_id, analysis_id, response_id, mark)
  select p_user, g.analysis_id, g.response_id, private.pattern_mark(p_user, l.pattern)
  from public.learner_patterns l join public.learner_pattern_sightings g on g.learner_pattern_id = l.id
  where l.id = p_pattern and l.user_id = p_user
  on conflict do nothing;
  delete from public.learner_patterns l where l.id = p_pattern and l.user_id = p_user;
  if not found then
    return false;
  end if;
  perform private.count_event('learning.pattern_forgotten', '{}'::jsonb);
  return true;
end;
$$;

-- What an analysis that is whole found of patterns, for the memory of those who asked for it.
create or replace function public.read_analysis_patterns(p_analysis uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('repoUrl', a.repo_url, 'commit', a.commit_sha, 'patterns', a.result -> 'phases' -> 'patterns')
  from public.analyses a where a.id = p_analysis and a.status = 'completed';
$$;

-- Which of a learner's patterns share a structure with these fingerprints, nearest first. What the analysis p_except
-- showed itself does not count: everything is like itself.
drop function public.match_learner_patterns(uuid, text[]);
create function public.match_learner_patterns(p_user uuid, p_fingerprints text[], p_except uuid default null)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(m) order by m.shared desc, m.pattern), '[]'::jsonb)
  from (
    select l.id, l.pattern, l.concept,
      count(distinct f.print) filter (where f.print = any (p_fingerprints))::integer as shared,
      count(distinct f.print)::integer as of
    from public.learner_patterns l
    join public.learner_pattern_sightings g on g.learner_pattern_id = l.id and g.analysis_id is distinct from p_except
    cross join lateral unnest(g.fingerprints) as f(print)
    where l.user_id = p_user and l.correction is distinct from 'not_mine' and l.correction is distinct from 'wrong'
    group by l.id
  ) m
  where m.shared > 0;
$$;

revoke all on function private.pattern_mark(uuid, text), private.drop_unseen_patterns(), private.believed_patterns(uuid),
  private.is_forgotten(uuid, public.pattern_sighting_source, uuid, text)
  from public, anon, authenticated, service_role;
revoke all on function public.match_learner_patterns(uuid, text[], uuid) from public, anon, authenticated;
grant execute on function public.match_learner_patterns(uuid, text[], uuid) to service_role;
revoke all on function public.page_learner_patterns(uuid, jsonb, jsonb, integer), public.read_analysis_patterns(uuid)
  from public, anon, authenticated;
grant execute on function public.page_learner_patterns(uuid, jsonb, jsonb, integer) to service_role;
grant execute on function public.read_analysis_patterns(uuid) to service_role;
