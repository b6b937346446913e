-- Exercises from a learner's own code (ADR 37). Nothing of it is kept without the learner's word, and what is kept goes
-- when that is taken back, with the analysis, with a pattern seen there that is deleted, or with the account.

-- What was said, in which wording, and when it was taken back. At most one stands.
create table public.own_code_consents (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  wording integer not null check (wording >= 1),
  given_at timestamptz not null default now(),
  withdrawn_at timestamptz
);
create unique index own_code_consent_stands on public.own_code_consents (user_id) where withdrawn_at is null;
create index own_code_consents_user on public.own_code_consents (user_id, given_at desc);

-- One reading of an analysed repository for one learner, and what came of it.
create table public.own_code_runs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  status text not null default 'asked' check (status in ('asked', 'running', 'done', 'failed')),
  -- Functions that could stand alone by their tree; those that were run; those that gave an exercise.
  found integer not null default 0 check (found >= 0),
  tried integer not null default 0 check (tried >= 0),
  used integer not null default 0 check (used >= 0),
  -- Exercises that were made and did not hold when they were run, or did not fit within the limits.
  refused integer not null default 0 check (refused >= 0),
  -- Why there is none, or why it failed, for people.
  because text,
  asked_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (user_id, analysis_id),
  constraint finished_when_over check ((status in ('done', 'failed')) = (finished_at is not null)),
  constraint because_when_failed check (status <> 'failed' or because is not null)
);
create index own_code_runs_analysis on public.own_code_runs (analysis_id);

-- Functions that were chosen and are still to be tried: gone as soon as they were.
create table private.own_code_functions (
  run_id uuid not null references public.own_code_runs (id) on delete cascade,
  position integer not null,
  function jsonb not null check (octet_length(function::text) <= 12288),
  primary key (run_id, position)
);

create table public.own_code_items (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  run_id uuid not null references public.own_code_runs (id) on delete cascade,
  about text not null check (about in ('predict', 'find_mutation', 'explain', 'kill_mutant', 'refactor')),
  -- Concepts of the content that it shows, the one that it shows most first.
  concepts text[] not null check (cardinality(concepts) between 0 and 10),
  bloom text not null,
  difficulty integer not null check (difficulty between 1 and 10),
  name text not null check (char_length(name) <= 100),
  path text not null check (char_length(path) <= 1024),
  line integer not null check (line >= 1),
  end_line integer not null check (end_line >= line),
  -- The learner's function: 30 lines at most, and no more characters than this.
  snippet text not null check (octet_length(snippet) <= 6144),
  made_at timestamptz not null default now()
);
create index own_code_items_user on public.own_code_items (user_id, analysis_id);
create index own_code_items_analysis on public.own_code_items (analysis_id);
create index own_code_items_run on public.own_code_items (run_id);

-- The exercise with its answer: apart, because learners read their rows through the Data API.
create table private.own_code_exercises (
  item_id uuid primary key references public.own_code_items (id) on delete cascade,
  exercise jsonb not null check (octet_length(exercise::text) <= 24576)
);

-- A question about an answer that has just passed. It is made of the answer, which is kept with the session, and goes with it.
create table private.own_code_questions (
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  session_id uuid not null references public.learning_sessions (id) on delete cascade,
  exercise jsonb not null check (octet_length(exercise::text) <= 32768)
);
create index own_code_questions_user on private.own_code_questions (user_id);
create index own_code_questions_session on private.own_code_questions (session_id);

-- Places from which nothing is made any more, because a pattern that was seen there was deleted. The path is not kept.
create table private.forgotten_own_code (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  analysis_id uuid not null references public.analyses (id) on delete cascade,
  mark bytea not null check (octet_length(mark) = 32),
  line integer not null,
  end_line integer not null
);
create index forgotten_own_code_user on private.forgotten_own_code (user_id, mark);
create index forgotten_own_code_analysis on private.forgotten_own_code (analysis_id);

revoke all on public.own_code_consents, public.own_code_runs, public.own_code_items
  from public, anon, authenticated, service_role;
revoke all on private.own_code_functions, private.own_code_exercises, private.own_code_questions, private.forgotten_own_code
  from public, anon, authenticated, service_role;
grant select on public.own_code_consents, public.own_code_runs, public.own_code_items to authenticated;

alter table public.own_code_consents enable row level security;
alter table public.own_code_runs enable row level security;
alter table public.own_code_items enable row level security;
alter table private.own_code_functions enable row level security;
alter table private.own_code_exercises enable row level security;
alter table private.own_code_questions enable row level security;
alter table private.forgotten_own_code enable row level security;
create policy "Learners see what they said about their own code" on public.own_code_consents
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see what was made of their repositories" on public.own_code_runs
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see what is kept of their own code" on public.own_code_items
  for select to authenticated using (user_id = (select auth.uid()));

create or replace function private.path_mark(p_user uuid, p_path text)
returns bytea
language sql
immutable
set search_path = ''
as $$
  select sha256(convert_to(p_user::text || ' own code ' || p_path, 'UTF8'));
$$;

-- A pattern that is deleted takes along what was made of the places where it was seen, and nothing is made of them again.
create or replace function private.forget_own_code_of_pattern()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- With the whole account gone there is nothing to remember.
  if not exists (select from auth.users u where u.id = old.user_id) then
    return old;
  end if;
  insert into private.forgotten_own_code (user_id, analysis_id, mark, line, end_line)
  select old.user_id, g.analysis_id, private.path_mark(old.user_id, p.path), p.line, greatest(p.line, coalesce(p."endLine", p.line))
  from public.learner_pattern_sightings g join public.analyses a on a.id = g.analysis_id,
    jsonb_to_recordset(g.places) as p(path text, line integer, "endLine" integer)
  where g.learner_pattern_id = old.id and p.path is not null and p.line is not null;
  delete from public.own_code_items i
  using private.forgotten_own_code f
  where i.user_id = old.user_id and f.user_id = old.user_id and f.analysis_id = i.analysis_id
    and f.mark = private.path_mark(old.user_id, i.path) and f.line <= i.end_line and f.end_line >= i.line;
  return old;
end;
$$;
create trigger own_code_of_pattern before delete on public.learner_patterns
  for each row execute function private.forget_own_code_of_pattern();

-- Begins a run for a learner who consents and has none of this analysis; the event starts the work.
create or replace function private.begin_own_code_run(p_user uuid, p_analysis uuid, p_traceparent text)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_run uuid;
begin
  insert into public.own_code_runs (user_id, analysis_id) values (p_user, p_analysis)
  on conflict (user_id, analysis_id) do nothing
  returning id into v_run;
  if v_run is null then
    return false;
  end if;
  perform private.append_outbox('own-code', v_run, 'learning/own-code.asked',
    jsonb_build_object('runId', v_run, 'analysisId', p_analysis, 'userId', p_user), nullif(p_traceparent, ''));
  return true;
end;
$$;

-- The learner's word: from now on exercises may be made of their code. The newest analyses of theirs are read for it at once.
-- Saying it again changes nothing. Returns how many repositories are read.
create or replace function public.give_own_code_consent(p_user uuid, p_wording integer, p_traceparent text)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_analysis uuid;
  v_count integer := 0;
begin
  insert into public.own_code_consents (user_id, wording) values (p_user, p_wording)
  on conflict (user_id) where withdrawn_at is null do nothing;
  if not found then
    return 0;
  end if;
  perform private.count_event('learning.own_code_allowed', jsonb_build_object('wording', p_wording));
  for v_analysis in
    select n.id from (
      select distinct on (a.repo_url) a.id, a.finished_at
      from public.analyses a join public.analysis_askers k on k.analysis_id = a.id and k.user_id = p_user
      where a.status = 'completed'
      order by a.repo_url, a.finished_at desc
    ) n order by n.finished_at desc limit 3
  loop
    if private.begin_own_code_run(p_user, v_analysis, p_traceparent) then
      v_count := v_count + 1;
    end if;
  end loop;
  return v_count;
end;
$$;

-- Takes it back: everything that was kept goes in the same transaction. Returns whether there was anything to take back.
create or replace function public.withdraw_own_code_consent(p_user uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_found boolean;
begin
  -- Whoever is about to write holds the row for share: after this, nobody writes any more.
  update public.own_code_consents c set withdrawn_at = clock_timestamp() where c.user_id = p_user and c.withdrawn_at is null;
  v_found := found;
  delete from public.own_code_runs r where r.user_id = p_user;
  if v_found then
    perform private.count_event('learning.own_code_withdrawn', '{}'::jsonb);
  end if;
  return v_found;
end;
$$;

-- Whether somebody's word stands; held until the transaction ends, so that it is not taken back meanwhile.
create or replace function private.hold_own_code_consent(p_user uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  perform from public.own_code_consents c where c.user_id = p_user and c.withdrawn_at is null for share;
  return found;
end;
$$;

-- An analysis is whole: begins a run for each of these people who asked for it and consents. Returns how many.
create or replace function public.ask_own_code(p_analysis uuid, p_users uuid[], p_traceparent text)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_user uuid;
  v_count integer := 0;
begin
  for v_user in
    select k.user_id from public.analysis_askers k join public.analyses a on a.id = k.analysis_id
    where k.analysis_id = p_analysis and k.user_id = any (p_users) and a.status = 'completed'
    order by k.user_id
  loop
    if private.hold_own_code_consent(v_user) and private.begin_own_code_run(v_user, p_analysis, p_traceparent) then
      v_count := v_count + 1;
    end if;
  end loop;
  return v_count;
end;
$$;

-- What a run has to do; null when it is over, or nobody wants it any more.
create or replace function public.read_own_code_run(p_run uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('userId', r.user_id, 'analysisId', r.analysis_id, 'status', r.status, 'repoUrl', a.repo_url,
    'ref', a.ref, 'commit', a.commit_sha, 'privateTo', a.private_to)
  from public.own_code_runs r join public.analyses a on a.id = r.analysis_id
  where r.id = p_run and r.status in ('asked', 'running')
    and exists (select from public.own_code_consents c where c.user_id = r.user_id and c.withdrawn_at is null)
    and exists (select from public.analysis_askers k where k.analysis_id = a.id and k.user_id = r.user_id);
$$;

-- Keeps the functions that are to be tried, once: a repetition finds them there. Returns how many; null when it is over.
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
    where f.ordinality <= 24;
    update public.own_code_runs r set status = 'running', found = p_found where r.id = p_run;
  end if;
  select count(*)::integer into v_count from private.own_code_functions f where f.run_id = p_run;
  return v_count;
end;
$$;

-- The next functions to be tried: [{position, function}].
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
    where f.run_id = p_run order by f.position limit least(greatest(p_limit, 1), 24)
  ) n;
$$;

-- Keeps what some functions gave and forgets the functions, in one: a repetition finds them gone and changes nothing.
-- p_items: [{id, about, concepts, bloom, difficulty, name, path, line, endLine, snippet, exercise}]. Limits: 40 an analysis,
-- 200 a learner; an item has those of its table. Returns how many functions are left; null when it is over.
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
  select count(*)::integer into v_left from private.own_code_functions f where f.run_id = p_run;
  return v_left;
end;
$$;

-- Ends a run; p_because says why there is no exercise, where there is none. Returns {items, because}; null when it was over.
create or replace function public.finish_own_code(p_run uuid, p_because text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_items integer;
begin
  perform from public.own_code_runs r where r.id = p_run and r.status in ('asked', 'running') for no key update;
  if not found then
    return null;
  end if;
  select count(*)::integer into v_items from public.own_code_items i where i.run_id = p_run;
  delete from private.own_code_functions f where f.run_id = p_run;
  update public.own_code_runs r
  set status = 'done', finished_at = clock_timestamp(), because = case when v_items = 0 then p_because end
  where r.id = p_run;
  return jsonb_build_object('items', v_items);
end;
$$;

-- Ends a run without a result: p_message is for its learner, p_cause for operators. What it had kept of the code goes.
create or replace function public.fail_own_code(p_run uuid, p_message text, p_cause text, p_attempts integer)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.own_code_runs r set status = 'failed', finished_at = clock_timestamp(), because = p_message
  where r.id = p_run and r.status in ('asked', 'running');
  if found then
    delete from private.own_code_functions f where f.run_id = p_run;
    if p_cause is not null then
      insert into private.dead_letters (source, name, subject_type, subject_id, cause, attempts, payload)
      values ('job', 'make-own-code-exercises', 'own-code', p_run, left(p_cause, 4000), p_attempts,
        jsonb_build_object('runId', p_run));
    end if;
  end if;
end;
$$;

-- An exercise of the learner's own, by its id: {exercise, origin}; null when it is not there, or not theirs.
create or replace function public.read_own_code_activity(p_user uuid, p_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('exercise', x.exercise, 'origin', jsonb_build_object('kind', 'repository', 'path', i.path,
    'line', i.line, 'endLine', i.end_line, 'commit', a.commit_sha, 'repoUrl', a.repo_url))
  from public.own_code_items i
  join private.own_code_exercises x on x.item_id = i.id
  join public.analyses a on a.id = i.analysis_id
  where i.id = p_id and i.user_id = p_user
  union all
  select jsonb_build_object('exercise', q.exercise, 'origin', jsonb_build_object('kind', 'answer', 'path', null,
    'line', null, 'endLine', null, 'commit', null, 'repoUrl', null))
  from private.own_code_questions q where q.id = p_id and q.user_id = p_user;
$$;

-- What could be put to a learner of their own code at these concepts, and was not passed yet.
create or replace function public.list_own_code_choices(p_user uuid, p_concepts text[])
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(c)), '[]'::jsonb)
  from (
    select i.id, i.about, i.concepts, i.bloom, i.difficulty, i.path, i.line
    from public.own_code_items i
    where i.user_id = p_user and i.concepts && p_concepts
      and exists (select from public.own_code_consents c where c.user_id = p_user and c.withdrawn_at is null)
      and not exists (
        select from public.learning_responses r where r.user_id = p_user and r.activity_id = i.id and r.passed)
    order by i.made_at, i.id limit 200
  ) c;
$$;

-- Keeps a question about an answer, for the session that shows it next.
create or replace function public.keep_own_code_question(p_user uuid, p_session uuid, p_id uuid, p_exercise jsonb)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into private.own_code_questions (id, user_id, session_id, exercise)
  select p_id, s.user_id, s.id, p_exercise from public.learning_sessions s where s.id = p_session and s.user_id = p_user
  on conflict (id) do nothing;
$$;

revoke all on function private.path_mark(uuid, text), private.forget_own_code_of_pattern(),
  private.begin_own_code_run(uuid, uuid, text), private.hold_own_code_consent(uuid)
  from public, anon, authenticated, service_role;
revoke all on function public.give_own_code_consent(uuid, integer, text), public.withdraw_own_code_consent(uuid),
  public.ask_own_code(uuid, uuid[], text), public.read_own_code_run(uuid), public.keep_own_code_functions(uuid, jsonb, integer),
  public.next_own_code_functions(uuid, integer), public.keep_own_code_items(uuid, integer[], jsonb, integer, integer),
  public.finish_own_code(uuid, text), public.fail_own_code(uuid, text, text, integer), public.read_own_code_activity(uuid, uuid),
  public.list_own_code_choices(uuid, text[]), public.keep_own_code_question(uuid, uuid, uuid, jsonb)
  from public, anon, authenticated;
grant execute on function public.give_own_code_consent(uuid, integer, text) to service_role;
grant execute on function public.withdraw_own_code_consent(uuid) to service_role;
grant execute on function public.ask_own_code(uuid, uuid[], text) to service_role;
grant execute on function public.read_own_code_run(uuid) to service_role;
grant execute on function public.keep_own_code_functions(uuid, jsonb, integer) to service_role;
grant execute on function public.next_own_code_functions(uuid, integer) to service_role;
grant execute on function public.keep_own_code_items(uuid, integer[], jsonb, integer, integer) to service_role;
grant execute on function public.finish_own_code(uuid, text) to service_role;
grant execute on function public.fail_own_code(uuid, text, text, integer) to service_role;
grant execute on function public.read_own_code_activity(uuid, uuid) to service_role;
grant execute on function public.list_own_code_choices(uuid, text[]) to service_role;
grant execute on function public.keep_own_code_question(uuid, uuid, uuid, jsonb) to service_role;
