-- Which uses of a model a learner allows: none until they say so. Rewording an analysis is not among them: it is asked for
-- each time by a button beside which stands what is sent.
alter table public.preferences
  add column ai_hints boolean not null default false,
  add column ai_grading boolean not null default false,
  add column ai_lessons boolean not null default false;
grant update (ai_hints, ai_grading, ai_lessons) on public.preferences to authenticated;

-- Whether somebody allows a model for a task. A task that nobody thought of here is not allowed.
create or replace function private.allows_model(p_user uuid, p_task text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce((
    select case p_task
      when 'rephrase-insights' then true
      when 'write-hint' then f.ai_hints
      when 'grade-criterion' then f.ai_grading
      when 'lesson-variant' then f.ai_lessons
      else false
    end
    from public.preferences f where f.user_id = p_user), false);
$$;

-- What somebody allows and how they read, for whoever asks a model on their behalf; null for nobody.
create or replace function public.read_model_uses(p_user uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('hints', f.ai_hints, 'grading', f.ai_grading, 'lessons', f.ai_lessons, 'contentFormat', f.content_format)
  from public.preferences f where f.user_id = p_user;
$$;

-- Whoever takes a permission back is not shown what came under it, so it is not kept either.
create or replace function private.forget_model_answers()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from private.ai_answers a where a.user_id = new.user_id;
  return null;
end;
$$;
create trigger model_answers_forgotten after update of ai_hints, ai_grading, ai_lessons on public.preferences
  for each row
  when ((old.ai_hints and not new.ai_hints) or (old.ai_grading and not new.ai_grading) or (old.ai_lessons and not new.ai_lessons))
  execute function private.forget_model_answers();

-- As in 8700, asking first whether the person allows it: whatever the server believes, no call is made that they do not.
-- Returns {id} or {refused: not_allowed | user | all}.
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
  if not private.allows_model(p_user, p_task) then
    return jsonb_build_object('refused', 'not_allowed');
  end if;
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

-- As in 8700, for those alone who still allow it.
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
  where a.user_id = p_user and a.content_hash = p_hash and a.created_at > now() - interval '30 days'
    and private.allows_model(p_user, p_task);
  if not found then
    return null;
  end if;
  insert into public.ai_calls (user_id, task, provider, model, content_hash, status, reserved_micro, cost_micro,
    input_tokens, output_tokens, finished_at)
  values (p_user, p_task, v_kept.provider, v_kept.model, p_hash, 'cached', 0, 0, 0, 0, clock_timestamp());
  return jsonb_build_object('provider', v_kept.provider, 'model', v_kept.model, 'answer', v_kept.answer);
end;
$$;

-- What models did and cost, for operators: today, each day and task, and what went
-- wrong lately. Who asked is not in it.
create or replace function public.ai_overview(p_operator uuid, p_days integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_today date := (clock_timestamp() at time zone 'utc')::date;
  v_from date := v_today - (least(greatest(p_days, 1), 90) - 1);
  v_result jsonb;
begin
  if not exists (select from public.user_roles u where u.user_id = p_operator and u.role = 'operator') then
    perform private.refuse(403, 'forbidden', 'Only operators see what models cost.');
  end if;
  select jsonb_build_object(
    'spentMicro', coalesce((select s.spent_micro from private.ai_spending s where s.day = v_today and s.user_id is null), 0),
    'reservedMicro', coalesce((select s.reserved_micro from private.ai_spending s where s.day = v_today and s.user_id is null), 0),
    -- The person who has used most of their own budget today, as a figure alone.
    'mostByOneMicro', coalesce((select max(s.spent_micro + s.reserved_micro) from private.ai_spending s
      where s.day = v_today and s.user_id is not null), 0),
    'days', coalesce((
      select jsonb_agg(to_jsonb(d) order by d."day" desc, d."task")
      from (
        select (c.created_at at time zone 'utc')::date as "day", c.task as "task",
          count(*) as "calls",
          count(*) filter (where c.status = 'answered') as "answered",
          count(*) filter (where c.status = 'cached') as "cached",
          count(*) filter (where c.status = 'refused') as "refused",
          count(*) filter (where c.status in ('failed', 'unknown')) as "failed",
          count(*) filter (where c.status = 'over_budget') as "overBudget",
          coalesce(sum(c.input_tokens), 0) as "inputTokens",
          coalesce(sum(c.output_tokens), 0) as "outputTokens",
          coalesce(sum(coalesce(c.cost_micro, c.reserved_micro)), 0) as "costMicro"
        from public.ai_calls c
        where c.created_at >= v_from::timestamp at time zone 'utc'
        group by 1, 2
      ) d), '[]'::jsonb),
    'troubles', coalesce((
      select jsonb_agg(to_jsonb(t) order by t."at" desc)
      from (
        select c.created_at as "at", c.task as "task", c.provider as "provider", c.model as "model", c.status as "status", c.note as "note"
        from public.ai_calls c
        where c.status in ('failed', 'unknown', 'refused', 'over_budget')
          and c.created_at >= v_from::timestamp at time zone 'utc'
        order by c.created_at desc limit 20
      ) t), '[]'::jsonb)
  ) into v_result;
  return v_result;
end;
$$;

revoke all on function private.allows_model(uuid, text) from public, anon, authenticated, service_role;
revoke all on function private.forget_model_answers() from public, anon, authenticated, service_role;
revoke all on function public.read_model_uses(uuid) from public, anon, authenticated;
revoke all on function public.ai_overview(uuid, integer) from public, anon, authenticated;
grant execute on function public.read_model_uses(uuid) to service_role;
grant execute on function public.ai_overview(uuid, integer) to service_role;
