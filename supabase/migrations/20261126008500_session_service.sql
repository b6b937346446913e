-- What the session service needs beside its verbs of 6110 and 6120: one read for a turn, hints that are counted where the
-- session is, an answer that ends it, a summary for each end, the time that somebody really was there, and who else
-- learns the same.

-- Seconds between two signs of life, a minute for each pause at most.
alter table public.learning_sessions add column active_seconds integer not null default 0 check (active_seconds >= 0);

create or replace function private.count_active_time()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.active_seconds := old.active_seconds
    + greatest(0, least(60, floor(extract(epoch from new.seen_at - old.seen_at))))::integer;
  return new;
end;
$$;
create trigger active_time before update of seen_at on public.learning_sessions
  for each row execute function private.count_active_time();

-- Live state (a draft, runs) is kept under the session's id in `private.states`: it goes with the session.
create or replace function private.forget_live_session()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  delete from private.states s where s.scope = 'learning-session' and s.key = old.id::text;
  return null;
end;
$$;
create trigger live_session_forgotten after delete on public.learning_sessions
  for each row execute function private.forget_live_session();

-- What a session came to. Reads rows alone, so that an end nobody waited for is summed up like any other.
create or replace function private.sum_up_session(p_session public.learning_sessions)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'answered', count(*),
    'passed', count(*) filter (where r.passed),
    'unaided', count(*) filter (where r.passed and r.hints_used = 0),
    'awaitingReview', count(*) filter (where r.standing = 'needs_review'),
    'hintsUsed', coalesce(sum(r.hints_used), 0),
    'seconds', floor(extract(epoch from coalesce((p_session).ended_at, clock_timestamp()) - (p_session).started_at))::integer,
    'activeSeconds', (p_session).active_seconds,
    'concepts', (
      select coalesce(jsonb_agg(to_jsonb(m) order by m.concept), '[]'::jsonb)
      from (
        select c.concept,
          (array_agg(c.chance_before order by c.model_version))[1] as "chanceBefore",
          (array_agg(c.chance_after order by c.model_version desc))[1] as "chanceAfter",
          (array_agg(c.status_before order by c.model_version))[1] as "statusBefore",
          (array_agg(c.status_after order by c.model_version desc))[1] as "statusAfter",
          (array_agg(c.reason order by c.model_version desc))[1] as reason
        from public.mastery_changes c join public.learning_responses a on a.id = c.response_id
        where a.session_id = (p_session).id and c.reason_code <> 'counted_anew'
        group by c.concept
      ) m
    ),
    'nextReviewAt', (select min(w.due_at) from public.learning_reviews w where w.user_id = (p_session).user_id)
  )
  from public.learning_responses r where r.session_id = (p_session).id;
$$;

-- As in 6110, with a summary for every end; p_summary adds to it.
create or replace function private.close_session(
  p_session public.learning_sessions, p_status public.learning_session_status, p_summary jsonb, p_traceparent text
)
returns public.learning_sessions
language plpgsql
set search_path = ''
as $$
declare
  v_session public.learning_sessions;
begin
  update public.learning_sessions s
  set status = p_status, ended_at = clock_timestamp(), version = s.version + 1, pending = null
  where s.id = (p_session).id and s.status = 'active'
  returning s.* into v_session;
  if not found then
    select s.* into v_session from public.learning_sessions s where s.id = (p_session).id;
    return v_session;
  end if;
  update public.learning_sessions s
  set summary = private.sum_up_session(v_session)
    || case when jsonb_typeof(p_summary) = 'object' then p_summary else '{}'::jsonb end
  where s.id = v_session.id
  returning s.* into v_session;
  perform private.append_outbox('session', v_session.id, 'learning/session.completed',
    jsonb_build_object('sessionId', v_session.id, 'userId', v_session.user_id, 'outcome', p_status), nullif(p_traceparent, ''));
  perform private.count_event('learning.session_ended', jsonb_build_object(
    'outcome', p_status,
    'seconds', floor(extract(epoch from v_session.ended_at - v_session.started_at))::integer,
    'answers', (v_session.summary ->> 'answered')::integer));
  perform private.say_to_session(v_session, 'session:completed', jsonb_build_object('status', p_status, 'summary', v_session.summary));
  return v_session;
end;
$$;

-- All that a verb has to know of a session: {session, model, known, recent}; null when the learner has no such session.
-- `known` is the answer p_response, where the session has it; `recent` are the latest answers at the concept that is shown.
create or replace function public.read_learning_turn(p_user uuid, p_session uuid, p_response uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'session', jsonb_build_object(
      'id', s.id, 'topic', s.topic, 'trackSlug', s.track_slug, 'lessonSlug', s.lesson_slug, 'status', s.status,
      'version', s.version, 'pending', s.pending, 'progress', s.progress, 'summary', s.summary, 'startedAt', s.started_at,
      'seenAt', s.seen_at, 'endedAt', s.ended_at, 'activeSeconds', s.active_seconds,
      'over', s.status <> 'active' or s.started_at < clock_timestamp() - interval '1 hour'),
    'model', public.read_learner_model(p_user),
    'known', (
      select jsonb_build_object('id', r.id, 'activityId', r.activity_id, 'validation', r.validation, 'standing', r.standing,
        'change', (
          select jsonb_build_object('concept', c.concept, 'before', c.chance_before, 'after', c.chance_after,
            'statusBefore', c.status_before, 'statusAfter', c.status_after,
            'reason', jsonb_build_object('code', c.reason_code, 'sentence', c.reason), 'gate', c.gate)
          from public.mastery_changes c
          where c.response_id = r.id and c.reason_code <> 'counted_anew' limit 1))
      from public.learning_responses r where r.id = p_response and r.session_id = s.id),
    'recent', (
      select coalesce(jsonb_agg(jsonb_build_object('passed', t.passed, 'standing', t.standing, 'level', t.level)
        order by t.model_version desc), '[]'::jsonb)
      from (
        select r.passed, r.standing, r.validation ->> 'level' as level, r.model_version
        from public.learning_responses r
        where r.user_id = p_user and r.concept = s.pending ->> 'concept'
        order by r.model_version desc limit 10
      ) t)
  )
  from public.learning_sessions s where s.id = p_session and s.user_id = p_user;
$$;

-- The hint after those that a device has seen, counted where the session is. Asked for again it is the same one, so that a
-- lost answer or a second device costs nothing. Returns {hints, version}: how many have been given.
create or replace function public.give_learning_hint(p_user uuid, p_session uuid, p_activity uuid, p_seen integer, p_most integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_session public.learning_sessions := private.hold_session(p_user, p_session);
  v_given integer := coalesce((v_session.pending ->> 'hints')::integer, 0);
begin
  if v_session.pending ->> 'activityId' is distinct from p_activity::text then
    perform private.refuse(409, 'conflict', 'This is not the task that the session shows. Load it again to go on.');
  end if;
  if p_seen >= v_given then
    if v_given >= p_most then
      perform private.refuse(422, 'rule_broken', 'There are no more hints for this task. Answer as far as you can: what comes back says what is missing.');
    end if;
    update public.learning_sessions s
    set version = s.version + 1, seen_at = clock_timestamp(), inactive_told_at = null,
        pending = s.pending || jsonb_build_object('hints', v_given + 1),
        progress = s.progress || jsonb_build_object('hintsUsed', coalesce((s.progress ->> 'hintsUsed')::integer, 0) + 1)
    where s.id = v_session.id
    returning s.* into v_session;
    v_given := v_given + 1;
    perform private.say_to_session(v_session, 'progress', v_session.progress);
  end if;
  return jsonb_build_object('hints', v_given, 'version', v_session.version);
end;
$$;

-- An answer after which nothing is left to show: taken, and the session completed with it, or neither.
create or replace function public.record_last_learning_response(
  p_user uuid, p_session uuid, p_version bigint, p_response jsonb, p_model jsonb, p_changes jsonb,
  p_shift double precision, p_summary jsonb, p_progress jsonb, p_traceparent text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_recorded jsonb := public.record_learning_response(
    p_user, p_session, p_version, p_response, p_model, p_changes, p_shift, null, p_progress, p_traceparent);
  v_session public.learning_sessions;
begin
  if (v_recorded ->> 'repeated')::boolean then
    return v_recorded;
  end if;
  select s.* into strict v_session from public.learning_sessions s where s.id = p_session;
  v_session := private.close_session(v_session, 'completed', p_summary, p_traceparent);
  return v_recorded || jsonb_build_object('version', v_session.version);
end;
$$;

-- The backstop of the durable check: ends sessions of an hour whose workflow never came. Returns how many.
create or replace function public.expire_learning_sessions(p_limit integer)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_session public.learning_sessions;
  v_count integer := 0;
begin
  for v_session in
    select s.* from public.learning_sessions s
    where s.status = 'active' and s.started_at <= clock_timestamp() - interval '1 hour'
    order by s.started_at
    limit least(greatest(p_limit, 1), 500)
    for no key update skip locked
  loop
    perform private.close_session(v_session, 'expired', null, null);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

revoke all on function private.count_active_time() from public, anon, authenticated, service_role;
revoke all on function private.forget_live_session() from public, anon, authenticated, service_role;
revoke all on function private.sum_up_session(public.learning_sessions) from public, anon, authenticated, service_role;
grant execute on function public.read_learning_turn(uuid, uuid, uuid) to service_role;
grant execute on function public.give_learning_hint(uuid, uuid, uuid, integer, integer) to service_role;
grant execute on function public.record_last_learning_response(uuid, uuid, bigint, jsonb, jsonb, jsonb, double precision, jsonb, jsonb, text)
  to service_role;
grant execute on function public.expire_learning_sessions(integer) to service_role;
