-- What no check can tell of an answer may be graded by a model that its learner allows. The verdict is then final as a check's is, so
-- that its learner may appeal it to a person; a person's word stays as it was. Both go through one function, which also tells the
-- devices that show the session.

insert into private.verdict_steps (from_standing, to_standing) values ('needs_review', 'final');

-- An answer as a model is asked about it; null when there is none (any more).
create or replace function public.read_response_for_grading(p_response uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('id', r.id, 'userId', r.user_id, 'activityId', r.activity_id, 'answer', r.answer,
    'validation', r.validation, 'standing', r.standing)
  from public.learning_responses r where r.id = p_response;
$$;

-- Items whose answers wait for somebody to look, the newest first: a new session asks for something else as long as there is any.
create index learning_responses_waiting on public.learning_responses (user_id, answered_at desc) where standing = 'needs_review';
create or replace function public.read_waiting_items(p_user uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(w.activity_id), '[]'::jsonb)
  from (
    select r.activity_id, max(r.answered_at) as at
    from public.learning_responses r
    where r.user_id = p_user and r.standing = 'needs_review'
    group by r.activity_id order by at desc limit 20
  ) w;
$$;

-- How the verdict reads while the answer waits: why no model decided, said at each open line. What is decided meanwhile stays as it is.
create or replace function public.note_waiting_response(p_response uuid, p_validation jsonb)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.learning_responses r set validation = p_validation
  where r.id = p_response and r.standing = 'needs_review' and not r.passed and p_validation ->> 'passed' = 'false';
$$;

-- The answer, held until the transaction ends, with its session before it: in the order in which a new answer takes them.
create or replace function private.hold_response(p_response uuid)
returns public.learning_responses
language plpgsql
set search_path = ''
as $$
declare
  v_response public.learning_responses;
begin
  perform 1 from public.learning_sessions s
  where s.id = (select r.session_id from public.learning_responses r where r.id = p_response)
  for no key update;
  select r.* into v_response from public.learning_responses r where r.id = p_response for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such answer.');
  end if;
  return v_response;
end;
$$;

-- Writes what somebody decided about an answer that is held: the verdict as it reads from now on, its standing, the learner's model by a
-- replay in which the answer counts so, the reasons, the record of who decided, the event, the message and the notice.
create or replace function private.write_settlement(
  p_held public.learning_responses, p_standing public.verdict_standing, p_passed boolean, p_reason text,
  p_actor uuid, p_action text, p_detail jsonb, p_title text, p_validation jsonb, p_model jsonb, p_changes jsonb
)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_session public.learning_sessions;
  v_version bigint;
begin
  if char_length(p_reason) not between 1 and 2000 then
    perform private.refuse(422, 'rule_broken', 'Say why, in up to 2,000 characters: the learner reads it.');
  end if;
  -- The trigger refuses what has been settled before.
  update public.learning_responses r
  set standing = p_standing, passed = r.passed or p_passed, validation = p_validation
  where r.id = p_held.id;
  insert into private.account_audit (user_id, actor_id, action, detail)
  values (p_held.user_id, p_actor, p_action, p_detail || jsonb_build_object(
    'responseId', p_held.id, 'before', p_held.standing, 'passed', p_passed, 'reason', p_reason));
  perform private.ensure_learner_model(p_held.user_id);
  v_version := private.write_model(p_held.user_id, (p_model ->> 'version')::bigint, p_model);
  perform private.write_changes(p_held.user_id, p_held.id, v_version, p_changes);
  -- Devices take what is newer alone. Whoever is answering meanwhile is sent on to this version, since the task is the same.
  update public.learning_sessions s set version = s.version + 1 where s.id = p_held.session_id
  returning s.* into v_session;
  perform private.say_to_session(v_session, 'response:settled', jsonb_build_object('responseId', p_held.id, 'passed', p_passed));
  perform private.append_outbox('session', p_held.session_id, 'learning/response.settled', jsonb_build_object(
    'sessionId', p_held.session_id, 'userId', p_held.user_id, 'responseId', p_held.id, 'overturned', p_passed));
  perform private.notify(p_held.user_id, 'learning.appeal', p_title, p_reason,
    '/learn/sessions/' || p_held.session_id::text || '?answer=' || p_held.id::text);
  perform private.count_event('learning.response_settled', jsonb_build_object('overturned', p_passed));
  return v_version;
end;
$$;

-- As in 9400, by the function that a model's word goes through too.
create or replace function public.settle_response(
  p_reviewer uuid, p_response uuid, p_overturned boolean, p_settlement text, p_validation jsonb, p_model jsonb, p_changes jsonb
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_held public.learning_responses;
  v_reason text := btrim(coalesce(p_settlement, ''));
  v_version bigint;
begin
  perform private.require_reviewer(p_reviewer);
  v_held := private.hold_response(p_response);
  if v_held.user_id = p_reviewer then
    perform private.refuse(403, 'forbidden', 'Nobody settles an appeal of their own.');
  end if;
  -- A final verdict goes to `final` for no reviewer: it has to be appealed first, which the trigger sees to.
  v_version := private.write_settlement(v_held, case when p_overturned then 'overturned' else 'upheld' end::public.verdict_standing,
    p_overturned, v_reason, p_reviewer, 'answer_reviewed', '{}'::jsonb,
    case when p_overturned then 'Your answer passed after all' else 'Your answer was looked at, and has not passed' end,
    p_validation, p_model, p_changes);
  update public.learning_appeals a
  set settled_by = p_reviewer, settled_at = clock_timestamp(), settlement = v_reason
  where a.response_id = p_response;
  return jsonb_build_object('modelVersion', v_version);
end;
$$;

-- A model's word on what no check can tell: once, while the answer waits, and only as long as its learner allows it.
-- p_grader is `provider/model`.
create or replace function public.settle_graded_response(
  p_grader text, p_response uuid, p_passed boolean, p_settlement text, p_validation jsonb, p_model jsonb, p_changes jsonb
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_held public.learning_responses := private.hold_response(p_response);
begin
  -- Not left to the trigger: it takes a step to where the verdict stands already for none.
  if v_held.standing <> 'needs_review' then
    perform private.refuse(409, 'conflict', 'Somebody has looked at this answer already, and that verdict stays.');
  end if;
  if not private.allows_model(v_held.user_id, 'grade-criterion') then
    perform private.refuse(403, 'forbidden', 'Its learner does not allow a model to grade this answer.');
  end if;
  return jsonb_build_object('modelVersion', private.write_settlement(v_held, 'final', p_passed, btrim(coalesce(p_settlement, '')),
    null, 'answer_graded', jsonb_build_object('grader', p_grader),
    case when p_passed then 'Your answer was graded, and passed' else 'Your answer was graded, and has not passed' end,
    p_validation, p_model, p_changes));
end;
$$;

revoke all on function private.hold_response(uuid) from public, anon, authenticated, service_role;
revoke all on function private.write_settlement(public.learning_responses, public.verdict_standing, boolean, text, uuid, text, jsonb, text, jsonb, jsonb, jsonb)
  from public, anon, authenticated, service_role;
revoke all on function public.read_waiting_items(uuid) from public, anon, authenticated;
grant execute on function public.read_waiting_items(uuid) to service_role;
revoke all on function public.read_response_for_grading(uuid) from public, anon, authenticated;
revoke all on function public.settle_graded_response(text, uuid, boolean, text, jsonb, jsonb, jsonb) from public, anon, authenticated;
revoke all on function public.note_waiting_response(uuid, jsonb) from public, anon, authenticated;
grant execute on function public.read_response_for_grading(uuid) to service_role;
grant execute on function public.note_waiting_response(uuid, jsonb) to service_role;
grant execute on function public.settle_graded_response(text, uuid, boolean, text, jsonb, jsonb, jsonb) to service_role;
