-- Learning: enrolments, sessions, answers, what is believed of a learner's skill and why, reviews, appeals. Tracks,
-- lessons and items are files; what is kept here names them by slug or id. Everything is written by the functions of the
-- migrations that follow; people read what is theirs.

create type public.learning_session_status as enum ('active', 'completed', 'left', 'expired');
create type public.mastery_status as enum ('practising', 'mastered', 'lapsed');
-- The standing of a verdict; lib/learning/bloom/rules.ts has the same table of steps.
create type public.verdict_standing as enum ('final', 'needs_review', 'appealed', 'upheld', 'overturned');

create table public.learning_enrolments (
  user_id uuid not null references auth.users (id) on delete cascade,
  track_slug text not null check (track_slug ~ '^[a-z][a-z0-9-]{0,99}$'),
  enrolled_at timestamptz not null default now(),
  left_at timestamptz,
  primary key (user_id, track_slug)
);

create table public.learning_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  track_slug text check (track_slug ~ '^[a-z][a-z0-9-]{0,99}$'),
  topic text not null check (char_length(topic) between 1 and 200),
  lesson_slug text check (lesson_slug ~ '^[a-z][a-z0-9-]{0,99}$'),
  status public.learning_session_status not null default 'active',
  -- Grows with each change that a device has to know; also the version of messages on `session:<id>`.
  version bigint not null default 1,
  -- What is shown and not answered yet: {activityId, …}; null between two items.
  pending jsonb,
  -- Where a device goes on: {answered, passed, …}.
  progress jsonb not null default '{}'::jsonb check (jsonb_typeof(progress) = 'object'),
  summary jsonb,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- Told once for each silence.
  inactive_told_at timestamptz,
  ended_at timestamptz,
  constraint ended_when_over check ((status = 'active') = (ended_at is null))
);

-- One row a learner: the version under which the beliefs are written, so that two devices cannot lose each other's answer.
create table public.learner_models (
  user_id uuid primary key references auth.users (id) on delete cascade,
  version bigint not null default 0,
  ability double precision not null default 0,
  attempts integer not null default 0 check (attempts >= 0),
  -- How many sessions were started: the version of `session:started` on `user:<id>`.
  sessions bigint not null default 0,
  updated_at timestamptz not null default now()
);

create table public.learning_responses (
  id uuid primary key default gen_random_uuid(),
  session_id uuid not null references public.learning_sessions (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  activity_id uuid not null,
  concept text not null check (concept ~ '^[a-z][a-z0-9-]+$'),
  answer jsonb not null check (octet_length(answer::text) <= 131072),
  hints_used integer not null default 0 check (hints_used between 0 and 50),
  passed boolean not null,
  standing public.verdict_standing not null,
  -- {passed, score, level, nextLevel, criteria, feedback, step} as it was told.
  validation jsonb not null,
  -- What the engine used of the item and the concept when the answer came: the whole of what a replay needs.
  attempt jsonb not null,
  -- Answers are replayed in the order in which the model took them.
  model_version bigint not null,
  answered_at timestamptz not null default now(),
  unique (user_id, model_version)
);

create table public.concept_mastery (
  user_id uuid not null references auth.users (id) on delete cascade,
  concept text not null check (concept ~ '^[a-z][a-z0-9-]+$'),
  status public.mastery_status not null,
  -- The chance to pass the concept's reference item.
  chance double precision not null check (chance between 0 and 1),
  -- The engine's own record: a fold of the answers.
  state jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (user_id, concept)
);

-- Why a belief changed. A replay after an appeal writes a row for each concept that it moved.
create table public.mastery_changes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  concept text not null,
  response_id uuid not null references public.learning_responses (id) on delete cascade,
  chance_before double precision not null,
  chance_after double precision not null,
  status_before public.mastery_status not null,
  status_after public.mastery_status not null,
  reason_code text not null check (reason_code ~ '^[a-z_]+$'),
  reason text not null check (reason <> ''),
  gate jsonb not null default '[]'::jsonb,
  model_version bigint not null,
  at timestamptz not null default now()
);

create table public.learning_reviews (
  user_id uuid not null references auth.users (id) on delete cascade,
  concept text not null,
  due_at timestamptz not null,
  last_at timestamptz not null,
  stability double precision not null check (stability > 0),
  difficulty double precision not null,
  reps integer not null,
  lapses integer not null,
  primary key (user_id, concept)
);

create table public.learning_appeals (
  id uuid primary key default gen_random_uuid(),
  response_id uuid not null unique references public.learning_responses (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  words text not null check (char_length(btrim(words)) between 1 and 2000),
  created_at timestamptz not null default now(),
  settled_by uuid references auth.users (id) on delete set null,
  settled_at timestamptz,
  -- What the reviewer said to it.
  settlement text check (char_length(settlement) <= 2000)
);

-- How hard items are, learned from everybody's answers; no row: as the author said.
create table private.learning_items (
  item_id uuid primary key,
  shift double precision not null default 0,
  answers integer not null default 0,
  updated_at timestamptz not null default now()
);

create table private.verdict_steps (
  from_standing public.verdict_standing not null,
  to_standing public.verdict_standing not null,
  primary key (from_standing, to_standing)
);
insert into private.verdict_steps (from_standing, to_standing) values
  ('final', 'appealed'),
  ('needs_review', 'upheld'), ('needs_review', 'overturned'),
  ('appealed', 'upheld'), ('appealed', 'overturned');

create index learning_sessions_user on public.learning_sessions (user_id, started_at desc);
create index learning_sessions_active on public.learning_sessions (seen_at) where status = 'active';
create index learning_responses_session on public.learning_responses (session_id, model_version);
create index learning_responses_review on public.learning_responses (answered_at)
  where standing in ('needs_review', 'appealed');
create index mastery_changes_user on public.mastery_changes (user_id, concept, at desc);
create index mastery_changes_response on public.mastery_changes (response_id);
create index learning_reviews_due on public.learning_reviews (user_id, due_at);
create index learning_appeals_user on public.learning_appeals (user_id, created_at desc);
create index learning_appeals_settled_by on public.learning_appeals (settled_by);

revoke all on public.learning_enrolments, public.learning_sessions, public.learner_models, public.learning_responses,
  public.concept_mastery, public.mastery_changes, public.learning_reviews, public.learning_appeals
  from public, anon, authenticated, service_role;
revoke all on private.learning_items, private.verdict_steps from public, anon, authenticated, service_role;
grant select on public.learning_enrolments, public.learning_sessions, public.learner_models, public.learning_responses,
  public.concept_mastery, public.mastery_changes, public.learning_reviews, public.learning_appeals to authenticated;
grant usage on type public.learning_session_status, public.mastery_status, public.verdict_standing
  to authenticated, service_role;

create or replace function private.check_verdict_step()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.standing <> old.standing and not exists (
    select from private.verdict_steps s where s.from_standing = old.standing and s.to_standing = new.standing
  ) then
    perform private.refuse(409, 'conflict', 'Somebody has looked at this answer already, and that verdict stays.');
  end if;
  return new;
end;
$$;
create trigger verdict_step before update of standing on public.learning_responses
  for each row execute function private.check_verdict_step();

alter table public.learning_enrolments enable row level security;
alter table public.learning_sessions enable row level security;
alter table public.learner_models enable row level security;
alter table public.learning_responses enable row level security;
alter table public.concept_mastery enable row level security;
alter table public.mastery_changes enable row level security;
alter table public.learning_reviews enable row level security;
alter table public.learning_appeals enable row level security;
alter table private.learning_items enable row level security;
alter table private.verdict_steps enable row level security;

create policy "Learners see their enrolments" on public.learning_enrolments
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see their sessions" on public.learning_sessions
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see how far their model is" on public.learner_models
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see their answers" on public.learning_responses
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see what is believed of their skill" on public.concept_mastery
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see why it changed" on public.mastery_changes
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see their reviews" on public.learning_reviews
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Learners see their appeals" on public.learning_appeals
  for select to authenticated using (user_id = (select auth.uid()));
