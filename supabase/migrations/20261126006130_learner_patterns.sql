-- PBML, the memory of patterns: what each learner was seen to write, where, how often, how well, and when last. It can be
-- inspected, corrected and deleted, and what is deleted is gone. Counts are never kept beside what they count: a pattern is
-- the sum of its sightings, so that a source that is taken away takes its part along.

create type public.pattern_sighting_source as enum ('repository', 'exercise');

create table public.learner_patterns (
  id uuid primary key default gen_random_uuid(),
  space_id uuid not null references public.pattern_spaces (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  -- A pattern of the catalogue, or an error pattern: a misconception that an exercise names.
  pattern text not null check (pattern ~ '^[a-z][a-z0-9-]{0,99}$'),
  kind text not null check (kind in ('habit', 'risk', 'misconception')),
  concept text not null check (concept ~ '^[a-z][a-z0-9-]+$'),
  -- The learner's own word on it, which stands above what was seen; null: they have not said anything.
  correction text check (correction in ('known', 'not_mine', 'want_to_learn')),
  correction_note text check (char_length(correction_note) <= 500),
  corrected_at timestamptz,
  created_at timestamptz not null default now(),
  unique (user_id, pattern),
  constraint corrected_when_said check ((correction is null) = (corrected_at is null))
);

-- What one source showed of a pattern: an analysed repository, or an answer. The same source says it once.
create table public.learner_pattern_sightings (
  id uuid primary key default gen_random_uuid(),
  learner_pattern_id uuid not null references public.learner_patterns (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  source public.pattern_sighting_source not null,
  analysis_id uuid references public.analyses (id) on delete cascade,
  response_id uuid references public.learning_responses (id) on delete cascade,
  repo_url text,
  commit_sha text check (commit_sha ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
  count integer not null check (count >= 1),
  -- Of `count`, those that were done well.
  good integer not null check (good >= 0),
  -- A few places: [{path, line, endLine, language}].
  places jsonb not null default '[]'::jsonb check (jsonb_typeof(places) = 'array' and jsonb_array_length(places) <= 10),
  -- Structure without names and literals: equal for the same idea written differently.
  fingerprints text[] not null default '{}' check (cardinality(fingerprints) <= 20),
  seen_at timestamptz not null default now(),
  constraint good_is_a_part check (good <= count),
  constraint one_source check (case source
    when 'repository' then analysis_id is not null and response_id is null
    else response_id is not null and analysis_id is null end)
);

create index learner_patterns_space on public.learner_patterns (space_id);
create index learner_patterns_user on public.learner_patterns (user_id, concept);
create unique index sightings_once_an_analysis on public.learner_pattern_sightings (learner_pattern_id, analysis_id)
  where analysis_id is not null;
create unique index sightings_once_an_answer on public.learner_pattern_sightings (learner_pattern_id, response_id)
  where response_id is not null;
create index sightings_pattern on public.learner_pattern_sightings (learner_pattern_id);
create index sightings_user on public.learner_pattern_sightings (user_id);
create index sightings_analysis on public.learner_pattern_sightings (analysis_id) where analysis_id is not null;
create index sightings_response on public.learner_pattern_sightings (response_id) where response_id is not null;
create index sightings_fingerprints on public.learner_pattern_sightings using gin (fingerprints);

revoke all on public.learner_patterns, public.learner_pattern_sightings from public, anon, authenticated, service_role;
grant select on public.learner_patterns, public.learner_pattern_sightings to authenticated;
grant usage on type public.pattern_sighting_source to authenticated, service_role;

alter table public.learner_patterns enable row level security;
alter table public.learner_pattern_sightings enable row level security;
create policy "Learners see what is believed of their patterns" on public.learner_patterns
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see where their patterns were seen" on public.learner_pattern_sightings
  for select to authenticated using (user_id = (select auth.uid()));

-- Takes along what a source showed: [{pattern, kind, concept, count, good, places, fingerprints}]. The same source sent
-- again replaces what it said before. Returns how many patterns it spoke of.
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
begin
  if jsonb_typeof(p_patterns) <> 'array' or jsonb_array_length(p_patterns) > 500 then
    perform private.refuse(422, 'rule_broken', 'A source shows at most 500 patterns.');
  end if;
  -- Two sources of one learner take turns.
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
  insert into public.learner_patterns (space_id, user_id, pattern, kind, concept)
  select distinct on (p.pattern) v_space, p_user, p.pattern, p.kind, p.concept
  from jsonb_to_recordset(p_patterns) as p(pattern text, kind text, concept text)
  order by p.pattern
  on conflict (user_id, pattern) do nothing;
  delete from public.learner_pattern_sightings g
  where g.user_id = p_user and p_source_id in (g.analysis_id, g.response_id);
  insert into public.learner_pattern_sightings
    (learner_pattern_id, user_id, source, analysis_id, response_id, repo_url, commit_sha, count, good, places, fingerprints)
  select l.id, p_user, p_source,
    case when p_source = 'repository' then p_source_id end, case when p_source = 'exercise' then p_source_id end,
    nullif(p_repo_url, ''), nullif(p_commit, ''), p.count, p.good, coalesce(p.places, '[]'::jsonb),
    coalesce(p.fingerprints, '{}')
  from (
    select distinct on (q.pattern) q.* from jsonb_to_recordset(p_patterns)
      as q(pattern text, count integer, good integer, places jsonb, fingerprints text[])
    order by q.pattern
  ) p join public.learner_patterns l on l.user_id = p_user and l.pattern = p.pattern;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

-- What is believed of a learner's patterns, the last seen first.
create or replace function public.read_learner_patterns(p_user uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(b) order by b."lastSeenAt" desc nulls last, b.pattern), '[]'::jsonb)
  from (
    select l.id, l.pattern, l.kind, l.concept, l.correction, l.correction_note as "correctionNote",
      l.corrected_at as "correctedAt",
      coalesce(sum(g.count), 0)::integer as count, coalesce(sum(g.good), 0)::integer as good,
      max(g.seen_at) as "lastSeenAt",
      coalesce(jsonb_agg(jsonb_build_object(
        'source', g.source, 'analysisId', g.analysis_id, 'responseId', g.response_id, 'repoUrl', g.repo_url,
        'commit', g.commit_sha, 'count', g.count, 'good', g.good, 'places', g.places, 'seenAt', g.seen_at
      ) order by g.seen_at desc) filter (where g.id is not null), '[]'::jsonb) as sightings
    from public.learner_patterns l left join public.learner_pattern_sightings g on g.learner_pattern_id = l.id
    where l.user_id = p_user
    group by l.id
  ) b;
$$;

-- Which of a learner's patterns share a structure with these fingerprints: [{id, pattern, concept, shared, of}], nearest
-- first; `of` is how many different structures of the learner's are known.
create or replace function public.match_learner_patterns(p_user uuid, p_fingerprints text[])
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
    join public.learner_pattern_sightings g on g.learner_pattern_id = l.id
    cross join lateral unnest(g.fingerprints) as f(print)
    where l.user_id = p_user
      and exists (
        select from public.learner_pattern_sightings h
        where h.learner_pattern_id = l.id and h.fingerprints && p_fingerprints
      )
    group by l.id
  ) m;
$$;

-- The learner's own word on a pattern; null takes it back.
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
  if v_correction is not null and v_correction not in ('known', 'not_mine', 'want_to_learn') then
    perform private.refuse(422, 'rule_broken', 'A pattern can be known, not mine, or one that you want to learn.');
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
    perform private.refuse(404, 'not_found', 'There is no such pattern.');
  end if;
  perform private.count_event('learning.pattern_corrected', jsonb_build_object('correction', v_row.correction));
  return jsonb_build_object('id', v_row.id, 'correction', v_row.correction, 'correctedAt', v_row.corrected_at);
end;
$$;

-- Deletes a pattern with all that was seen of it. Returns whether there was one.
create or replace function public.forget_pattern(p_user uuid, p_pattern uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from public.learner_patterns l where l.id = p_pattern and l.user_id = p_user;
  if not found then
    return false;
  end if;
  perform private.count_event('learning.pattern_forgotten', '{}'::jsonb);
  return true;
end;
$$;

grant execute on function public.remember_patterns(uuid, public.pattern_sighting_source, uuid, text, text, jsonb) to service_role;
grant execute on function public.read_learner_patterns(uuid) to service_role;
grant execute on function public.match_learner_patterns(uuid, text[]) to service_role;
grant execute on function public.correct_pattern(uuid, uuid, text, text) to service_role;
grant execute on function public.forget_pattern(uuid, uuid) to service_role;
