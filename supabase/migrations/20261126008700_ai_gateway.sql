-- What models are asked, what it costs, and how much may be spent in a day: by one person, and by everybody together.
-- Money here is what we pay a provider, in whole millionths of a US dollar; it never meets the money of gifts.

create type public.ai_call_status as enum (
  'reserved',    -- under way: the most that it can cost is set aside
  'answered',    -- the answer held to its checks
  'refused',     -- there was an answer, and it did not
  'failed',      -- the provider refused or was not reached: nothing is owed
  'unknown',     -- it was cut off: what it could have cost is counted
  'cached',      -- answered from what the same question brought before
  'over_budget'  -- not asked
);

-- One row for each call, each attempt by itself.
create table public.ai_calls (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  task text not null check (task ~ '^[a-z][a-z-]{1,39}$'),
  provider text not null check (length(provider) <= 40),
  model text not null check (length(model) <= 120),
  -- Of the question, whole; never its text.
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  status public.ai_call_status not null default 'reserved',
  -- Why it failed or was refused, in a few words of ours.
  note text check (length(note) <= 200),
  reserved_micro bigint not null check (reserved_micro >= 0),
  cost_micro bigint check (cost_micro >= 0),
  input_tokens integer check (input_tokens >= 0),
  output_tokens integer check (output_tokens >= 0),
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  constraint cost_when_over check ((status = 'reserved') = (cost_micro is null)),
  constraint finished_when_over check ((status = 'reserved') = (finished_at is null))
);

create index ai_calls_of_user on public.ai_calls (user_id, created_at desc);
create index ai_calls_by_time on public.ai_calls (created_at);

-- Spent and set aside on one day (UTC), by one person or (null) by all. A person who goes takes their row along; what all
-- spent stays.
create table private.ai_spending (
  day date not null,
  user_id uuid references auth.users (id) on delete cascade,
  spent_micro bigint not null default 0 check (spent_micro >= 0),
  reserved_micro bigint not null default 0 check (reserved_micro >= 0),
  unique nulls not distinct (day, user_id)
);
create index ai_spending_of_user on private.ai_spending (user_id);

-- Checked answers by what was asked, for the person who asked: nobody is answered with what somebody else's code brought.
create table private.ai_answers (
  user_id uuid not null references auth.users (id) on delete cascade,
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  provider text not null,
  model text not null,
  answer jsonb not null check (octet_length(answer::text) <= 131072),
  created_at timestamptz not null default now(),
  primary key (user_id, content_hash)
);
create index ai_answers_by_time on private.ai_answers (created_at);

revoke all on public.ai_calls from public, anon, authenticated, service_role;
revoke all on private.ai_spending, private.ai_answers from public, anon, authenticated, service_role;
grant select on public.ai_calls to authenticated;
alter table public.ai_calls enable row level security;
alter table private.ai_spending enable row level security;
alter table private.ai_answers enable row level security;

create policy "People read the calls made for them" on public.ai_calls
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "Operators read every call" on public.ai_calls
  for select to authenticated
  using ((select private.has_role('operator')));

-- Sets the most that a call can cost aside, if both budgets of the day allow it. Returns {id} or {refused: user | all}.
create or replace function public.reserve_ai_call(
  p_user uuid, p_task text, p_provider text, p_model text, p_hash text,
  p_reserve_micro bigint, p_user_budget_micro bigint, p_budget_micro bigint
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_day date := (clock_timestamp() at time zone 'utc')::date;
  v_all private.ai_spending;
  v_own private.ai_spending;
  v_refused text;
  v_id uuid;
begin
  insert into private.ai_spending (day, user_id) values (v_day, null), (v_day, p_user)
  on conflict (day, user_id) do nothing;
  -- Everybody's row first, always: two calls that wait for each other would wait for good.
  select s.* into strict v_all from private.ai_spending s where s.day = v_day and s.user_id is null for update;
  select s.* into strict v_own from private.ai_spending s where s.day = v_day and s.user_id = p_user for update;
  v_refused := case
    when v_own.spent_micro + v_own.reserved_micro + p_reserve_micro > p_user_budget_micro then 'user'
    when v_all.spent_micro + v_all.reserved_micro + p_reserve_micro > p_budget_micro then 'all'
  end;
  insert into public.ai_calls (user_id, task, provider, model, content_hash, status, note, reserved_micro, cost_micro, finished_at)
  values (
    p_user, p_task, p_provider, p_model, p_hash,
    (case when v_refused is null then 'reserved' else 'over_budget' end)::public.ai_call_status,
    case v_refused when 'user' then 'The budget of this person for the day' when 'all' then 'The budget of all for the day' end,
    p_reserve_micro,
    case when v_refused is not null then 0 end, case when v_refused is not null then clock_timestamp() end
  )
  returning id into v_id;
  if v_refused is not null then
    return jsonb_build_object('refused', v_refused);
  end if;
  update private.ai_spending s set reserved_micro = s.reserved_micro + p_reserve_micro
  where s.day = v_day and (s.user_id is null or s.user_id = p_user);
  return jsonb_build_object('id', v_id);
end;
$$;

-- Ends a call: what it cost takes the place of what was set aside, on the day that it was set aside. A second time nothing
-- happens. p_cost_micro null counts what was set aside. p_answer is kept for the next same question.
create or replace function public.settle_ai_call(
  p_id uuid, p_status public.ai_call_status, p_note text,
  p_input_tokens integer, p_output_tokens integer, p_cost_micro bigint, p_answer jsonb
)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_call public.ai_calls;
  v_day date;
begin
  -- The rows of spending before the call's: the order in which reserve_ai_call takes them.
  select c.* into v_call from public.ai_calls c where c.id = p_id;
  if not found then
    return false;
  end if;
  v_day := (v_call.created_at at time zone 'utc')::date;
  perform 1 from private.ai_spending s where s.day = v_day and s.user_id is null for update;
  perform 1 from private.ai_spending s where s.day = v_day and s.user_id = v_call.user_id for update;
  update public.ai_calls c
  set status = p_status, note = left(p_note, 200), input_tokens = p_input_tokens, output_tokens = p_output_tokens,
      cost_micro = coalesce(p_cost_micro, c.reserved_micro), finished_at = clock_timestamp()
  where c.id = p_id and c.status = 'reserved'
  returning c.* into v_call;
  if not found then
    return false;
  end if;
  update private.ai_spending s
  set reserved_micro = s.reserved_micro - v_call.reserved_micro, spent_micro = s.spent_micro + v_call.cost_micro
  where s.day = v_day and (s.user_id is null or s.user_id = v_call.user_id);
  if p_answer is not null then
    insert into private.ai_answers (user_id, content_hash, provider, model, answer)
    values (v_call.user_id, v_call.content_hash, v_call.provider, v_call.model, p_answer)
    on conflict (user_id, content_hash) do update
      set provider = excluded.provider, model = excluded.model, answer = excluded.answer, created_at = now();
  end if;
  return true;
end;
$$;

-- What the same question brought this person in the last 30 days, or null. Taking it is a call too: one that costs nothing.
create or replace function public.recall_ai_answer(p_user uuid, p_task text, p_hash text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_kept private.ai_answers;
begin
  select a.* into v_kept from private.ai_answers a
  where a.user_id = p_user and a.content_hash = p_hash and a.created_at > now() - interval '30 days';
  if not found then
    return null;
  end if;
  insert into public.ai_calls (user_id, task, provider, model, content_hash, status, reserved_micro, cost_micro,
    input_tokens, output_tokens, finished_at)
  values (p_user, p_task, v_kept.provider, v_kept.model, p_hash, 'cached', 0, 0, 0, 0, clock_timestamp());
  return jsonb_build_object('provider', v_kept.provider, 'model', v_kept.model, 'answer', v_kept.answer);
end;
$$;

-- Ends calls that nobody ended (their process died) at what they could have cost, and forgets what is old: calls after 90
-- days, answers after 30, days of spending after 400. Returns how many rows went.
create or replace function public.purge_ai_calls()
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_lost uuid;
  v_gone integer;
  v_count integer := 0;
begin
  for v_lost in
    select c.id from public.ai_calls c where c.status = 'reserved' and c.created_at < now() - interval '15 minutes' order by c.id
  loop
    perform public.settle_ai_call(v_lost, 'unknown', 'Nobody ended it', null, null, null, null);
  end loop;
  delete from public.ai_calls c where c.created_at < now() - interval '90 days';
  get diagnostics v_gone = row_count;
  v_count := v_count + v_gone;
  delete from private.ai_answers a where a.created_at < now() - interval '30 days';
  get diagnostics v_gone = row_count;
  v_count := v_count + v_gone;
  delete from private.ai_spending s where s.day < now() - interval '400 days';
  get diagnostics v_gone = row_count;
  return v_count + v_gone;
end;
$$;

grant execute on function public.reserve_ai_call(uuid, text, text, text, text, bigint, bigint, bigint) to service_role;
grant execute on function public.settle_ai_call(uuid, public.ai_call_status, text, integer, integer, bigint, jsonb) to service_role;
grant execute on function public.recall_ai_answer(uuid, text, text) to service_role;
grant execute on function public.purge_ai_calls() to service_role;
