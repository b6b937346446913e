-- Sessions: one verb, one transaction, with its event for the outbox, its count for analytics and its message.

-- Counts something in the caller's transaction; lib/platform/batch/events.ts says what may be in it.
create or replace function private.count_event(p_name text, p_properties jsonb)
returns void
language sql
set search_path = ''
as $$
  insert into private.analytics_events (id, name, properties, occurred_at)
  values (gen_random_uuid(), p_name, p_properties, clock_timestamp());
$$;

-- For the policies of realtime channels: may this user listen to `session:<id>`?
create or replace function private.may_see_session(p_session uuid, p_user uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from public.learning_sessions s where s.id = p_session and s.user_id = p_user);
$$;

create or replace function private.say_to_session(p_session public.learning_sessions, p_type text, p_data jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('type', p_type, 'data', p_data, 'version', p_session.version,
      'at', to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
    p_type, 'session:' || p_session.id::text, true
  );
end;
$$;

-- The session as its owner gets it, held until the transaction ends; refuses another's, and one that is over.
create or replace function private.hold_session(p_user uuid, p_session uuid)
returns public.learning_sessions
language plpgsql
set search_path = ''
as $$
declare
  v_session public.learning_sessions;
begin
  select s.* into v_session from public.learning_sessions s
  where s.id = p_session and s.user_id = p_user
  for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such session.');
  end if;
  if v_session.status <> 'active' or v_session.started_at < clock_timestamp() - interval '1 hour' then
    perform private.refuse(410, 'learning_session_ended',
      'This session has ended. What you answered is kept; start another one to go on.');
  end if;
  return v_session;
end;
$$;

-- Ends a session that is active. p_status says how; an end that nobody asked for is told as well.
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
  set status = p_status, ended_at = clock_timestamp(), version = s.version + 1, pending = null,
      summary = coalesce(p_summary, s.summary)
  where s.id = (p_session).id and s.status = 'active'
  returning s.* into v_session;
  if not found then
    select s.* into v_session from public.learning_sessions s where s.id = (p_session).id;
    return v_session;
  end if;
  perform private.append_outbox('session', v_session.id, 'learning/session.completed',
    jsonb_build_object('sessionId', v_session.id, 'userId', v_session.user_id, 'outcome', p_status), nullif(p_traceparent, ''));
  perform private.count_event('learning.session_ended', jsonb_build_object(
    'outcome', p_status,
    'seconds', floor(extract(epoch from v_session.ended_at - v_session.started_at))::integer,
    'answers', (select count(*) from public.learning_responses r where r.session_id = v_session.id)));
  perform private.say_to_session(v_session, 'session:completed', jsonb_build_object('status', p_status, 'summary', v_session.summary));
  return v_session;
end;
$$;

create or replace function private.ensure_learner_model(p_user uuid)
returns public.learner_models
language plpgsql
set search_path = ''
as $$
declare
  v_model public.learner_models;
begin
  insert into public.learner_models (user_id) values (p_user) on conflict (user_id) do nothing;
  select m.* into strict v_model from public.learner_models m where m.user_id = p_user for no key update;
  return v_model;
end;
$$;

-- Enrols, or comes back to a track that was left. Returns {enrolledAt, created}.
create or replace function public.enrol_in_track(p_user uuid, p_track text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_before public.learning_enrolments;
  v_row public.learning_enrolments;
begin
  insert into public.learning_enrolments (user_id, track_slug) values (p_user, p_track)
  on conflict (user_id, track_slug) do nothing
  returning * into v_row;
  if found then
    perform private.count_event('learning.enrolled', jsonb_build_object('track', p_track));
    return jsonb_build_object('enrolledAt', v_row.enrolled_at, 'created', true);
  end if;
  update public.learning_enrolments e set left_at = null
  where e.user_id = p_user and e.track_slug = p_track
  returning e.* into v_before;
  return jsonb_build_object('enrolledAt', v_before.enrolled_at, 'created', false);
end;
$$;

-- Leaves a track; what was learned stays. Returns whether there was an enrolment.
create or replace function public.leave_track(p_user uuid, p_track text)
returns boolean
language sql
security definer
set search_path = ''
as $$
  with gone as (
    update public.learning_enrolments e set left_at = clock_timestamp()
    where e.user_id = p_user and e.track_slug = p_track and e.left_at is null
    returning 1
  )
  select exists (select from gone);
$$;

-- Starts a session on its first item. Returns {id, version, startedAt}.
create or replace function public.start_learning_session(
  p_user uuid, p_topic text, p_track text, p_lesson text, p_pending jsonb, p_progress jsonb, p_traceparent text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_model public.learner_models := private.ensure_learner_model(p_user);
  v_session public.learning_sessions;
begin
  insert into public.learning_sessions (user_id, topic, track_slug, lesson_slug, pending, progress)
  values (p_user, p_topic, nullif(p_track, ''), nullif(p_lesson, ''), p_pending, coalesce(p_progress, '{}'::jsonb))
  returning * into v_session;
  update public.learner_models m set sessions = m.sessions + 1, updated_at = clock_timestamp() where m.user_id = p_user
  returning m.* into v_model;
  perform private.append_outbox('session', v_session.id, 'learning/session.started',
    jsonb_build_object('sessionId', v_session.id, 'userId', p_user), nullif(p_traceparent, ''));
  perform private.count_event('learning.session_started', jsonb_build_object('track', v_session.track_slug));
  perform realtime.send(
    jsonb_build_object('type', 'session:started',
      'data', jsonb_build_object('sessionId', v_session.id, 'topic', v_session.topic, 'trackSlug', v_session.track_slug),
      'version', v_model.sessions,
      'at', to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
    'session:started', 'user:' || p_user::text, true
  );
  return jsonb_build_object('id', v_session.id, 'version', v_session.version, 'startedAt', v_session.started_at);
end;
$$;

-- A device says that its learner is still there.
create or replace function public.touch_learning_session(p_user uuid, p_session uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_session public.learning_sessions := private.hold_session(p_user, p_session);
begin
  update public.learning_sessions s set seen_at = clock_timestamp(), inactive_told_at = null where s.id = v_session.id;
end;
$$;

-- Keeps where a device is: what is shown now, and how far. Refuses a device that has not seen the newest version.
create or replace function public.checkpoint_learning_session(
  p_user uuid, p_session uuid, p_version bigint, p_pending jsonb, p_progress jsonb
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_session public.learning_sessions := private.hold_session(p_user, p_session);
begin
  if v_session.version <> p_version then
    perform private.refuse(409, 'conflict', 'This session went on somewhere else. Load it again to go on from there.');
  end if;
  update public.learning_sessions s
  set version = s.version + 1, seen_at = clock_timestamp(), inactive_told_at = null, pending = p_pending,
      progress = coalesce(p_progress, s.progress)
  where s.id = v_session.id
  returning s.* into v_session;
  perform private.say_to_session(v_session, 'progress', v_session.progress);
  return jsonb_build_object('version', v_session.version);
end;
$$;

-- The learner ends the session: nothing is left of it, or they go. Ending it twice changes nothing.
create or replace function public.end_learning_session(
  p_user uuid, p_session uuid, p_completed boolean, p_summary jsonb, p_traceparent text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_session public.learning_sessions;
begin
  select s.* into v_session from public.learning_sessions s
  where s.id = p_session and s.user_id = p_user
  for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such session.');
  end if;
  v_session := private.close_session(v_session,
    case when p_completed then 'completed'::public.learning_session_status else 'left'::public.learning_session_status end,
    p_summary, p_traceparent);
  return jsonb_build_object('status', v_session.status, 'version', v_session.version, 'endedAt', v_session.ended_at);
end;
$$;

-- What the durable check after 5, 10 and 15 minutes does, and the one after an hour: a session of an hour expires, a
-- silence of 5 minutes is told once. Returns {status, told}; null when there is no such session.
create or replace function public.check_learning_session(p_session uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_session public.learning_sessions;
  v_told boolean := false;
begin
  select s.* into v_session from public.learning_sessions s where s.id = p_session for no key update;
  if not found then
    return null;
  end if;
  if v_session.status <> 'active' then
    return jsonb_build_object('status', v_session.status, 'told', false);
  end if;
  if v_session.started_at <= clock_timestamp() - interval '1 hour' then
    v_session := private.close_session(v_session, 'expired', null, null);
  elsif v_session.seen_at <= clock_timestamp() - interval '5 minutes' and v_session.inactive_told_at is null then
    update public.learning_sessions s set inactive_told_at = clock_timestamp(), version = s.version + 1
    where s.id = v_session.id
    returning s.* into v_session;
    v_told := true;
    perform private.append_outbox('session', v_session.id, 'learning/session.inactive',
      jsonb_build_object('sessionId', v_session.id, 'userId', v_session.user_id));
    perform private.say_to_session(v_session, 'session:inactive', jsonb_build_object('since', v_session.seen_at));
  end if;
  return jsonb_build_object('status', v_session.status, 'told', v_told);
end;
$$;

revoke all on function private.count_event(text, jsonb) from public, anon, authenticated, service_role;
revoke all on function private.may_see_session(uuid, uuid) from public, anon, authenticated, service_role;
revoke all on function private.say_to_session(public.learning_sessions, text, jsonb) from public, anon, authenticated, service_role;
revoke all on function private.hold_session(uuid, uuid) from public, anon, authenticated, service_role;
revoke all on function private.close_session(public.learning_sessions, public.learning_session_status, jsonb, text)
  from public, anon, authenticated, service_role;
revoke all on function private.ensure_learner_model(uuid) from public, anon, authenticated, service_role;
grant execute on function public.enrol_in_track(uuid, text) to service_role;
grant execute on function public.leave_track(uuid, text) to service_role;
grant execute on function public.start_learning_session(uuid, text, text, text, jsonb, jsonb, text) to service_role;
grant execute on function public.touch_learning_session(uuid, uuid) to service_role;
grant execute on function public.checkpoint_learning_session(uuid, uuid, bigint, jsonb, jsonb) to service_role;
grant execute on function public.end_learning_session(uuid, uuid, boolean, jsonb, text) to service_role;
grant execute on function public.check_learning_session(uuid) to service_role;
