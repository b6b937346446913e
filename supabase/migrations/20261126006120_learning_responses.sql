-- Answers: what was answered, what it showed, what is believed since and why, in one transaction. The server reads the
-- model, works out what an answer makes of it (lib/learning/mastery), and writes it back under the version it read:
-- of two devices that answer at once one is told to look again, and nothing is counted twice.

-- What is believed of a learner, for the engine. `shifts` are the items' distances from their authors' difficulty.
create or replace function public.read_learner_model(p_user uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'version', coalesce(m.version, 0),
    'state', jsonb_build_object(
      'ability', coalesce(m.ability, 0),
      'attempts', coalesce(m.attempts, 0),
      'concepts', coalesce((select jsonb_object_agg(c.concept, c.state) from public.concept_mastery c where c.user_id = p_user), '{}'::jsonb)
    )
  )
  from (select p_user as id) u left join public.learner_models m on m.user_id = u.id;
$$;

-- How hard these items have shown to be: [{item, shift, answers}], those alone that somebody has answered.
create or replace function public.read_item_shifts(p_items uuid[])
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('item', i.item_id, 'shift', i.shift, 'answers', i.answers)), '[]'::jsonb)
  from private.learning_items i where i.item_id = any (p_items);
$$;

-- All answers that say something of skill, in the order in which the model took them: a replay of them gives the model.
-- p_with is one that awaits a review and is to be counted with them, at its place; null for none.
create or replace function public.read_attempts(p_user uuid, p_with uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(r.attempt || jsonb_build_object('id', r.id, 'passed', r.passed, 'hintsUsed', r.hints_used)
    order by r.model_version), '[]'::jsonb)
  from public.learning_responses r
  where r.user_id = p_user and (r.standing <> 'needs_review' or r.id = p_with);
$$;

-- Writes the model under the version after p_version, and the concepts that changed: {slug: {state, chance}}.
create or replace function private.write_model(p_user uuid, p_version bigint, p_model jsonb)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_version bigint;
begin
  update public.learner_models m
  set version = m.version + 1, ability = (p_model ->> 'ability')::double precision,
      attempts = (p_model ->> 'attempts')::integer, updated_at = clock_timestamp()
  where m.user_id = p_user and m.version = p_version
  returning m.version into v_version;
  if not found then
    perform private.refuse(409, 'conflict', 'Another answer of yours was counted at the same moment. Load it again and go on.');
  end if;
  insert into public.concept_mastery (user_id, concept, status, chance, state)
  select p_user, c.key, (c.value -> 'state' ->> 'status')::public.mastery_status, (c.value ->> 'chance')::double precision, c.value -> 'state'
  from jsonb_each(p_model -> 'concepts') c
  on conflict (user_id, concept) do update
    set status = excluded.status, chance = excluded.chance, state = excluded.state, updated_at = clock_timestamp();
  delete from public.learning_reviews r
  using jsonb_each(p_model -> 'concepts') c
  where r.user_id = p_user and r.concept = c.key and jsonb_typeof(c.value -> 'state' -> 'review') = 'null';
  insert into public.learning_reviews (user_id, concept, due_at, last_at, stability, difficulty, reps, lapses)
  select p_user, c.key, w.due, w.last, w.stability, w.difficulty, w.reps, w.lapses
  from jsonb_each(p_model -> 'concepts') c,
    jsonb_to_record(c.value -> 'state' -> 'review') as w(
      due timestamptz, last timestamptz, stability double precision, difficulty double precision, reps integer, lapses integer)
  where jsonb_typeof(c.value -> 'state' -> 'review') = 'object'
  on conflict (user_id, concept) do update
    set due_at = excluded.due_at, last_at = excluded.last_at, stability = excluded.stability,
        difficulty = excluded.difficulty, reps = excluded.reps, lapses = excluded.lapses;
  return v_version;
end;
$$;

create or replace function private.write_changes(p_user uuid, p_response uuid, p_version bigint, p_changes jsonb)
returns void
language sql
set search_path = ''
as $$
  insert into public.mastery_changes
    (user_id, concept, response_id, chance_before, chance_after, status_before, status_after, reason_code, reason, gate, model_version)
  select p_user, c."concept", p_response, c."before", c."after", c."statusBefore", c."statusAfter",
    c."reason" ->> 'code', c."reason" ->> 'sentence', coalesce(c."gate", '[]'::jsonb), p_version
  from jsonb_to_recordset(p_changes) as c(
    "concept" text, "before" double precision, "after" double precision,
    "statusBefore" public.mastery_status, "statusAfter" public.mastery_status, "reason" jsonb, "gate" jsonb);
$$;

-- Takes an answer. p_response: {id, activityId, concept, answer, hintsUsed, passed, standing, validation, attempt}; p_model:
-- {version, ability, attempts, concepts: {slug: {state, chance}}} as the engine made it of the version it names, without
-- changes where the verdict awaits a review; p_changes: why; p_shift: how far the item's difficulty moves, null for an
-- item of the learner's own. Sending the same response id again answers as the first time.
create or replace function public.record_learning_response(
  p_user uuid, p_session uuid, p_version bigint, p_response jsonb, p_model jsonb, p_changes jsonb,
  p_shift double precision, p_pending jsonb, p_progress jsonb, p_traceparent text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_session public.learning_sessions := private.hold_session(p_user, p_session);
  v_id uuid := (p_response ->> 'id')::uuid;
  v_activity uuid := (p_response ->> 'activityId')::uuid;
  v_standing public.verdict_standing := (p_response ->> 'standing')::public.verdict_standing;
  v_passed boolean := (p_response ->> 'passed')::boolean;
  v_model_version bigint;
begin
  select r.model_version into v_model_version from public.learning_responses r
  where r.id = v_id and r.session_id = p_session;
  if found then
    return jsonb_build_object('responseId', v_id, 'version', v_session.version, 'modelVersion', v_model_version, 'repeated', true);
  end if;
  if v_session.version <> p_version then
    perform private.refuse(409, 'conflict', 'This was answered on another device, or the session went on there. Load it again to go on.');
  end if;
  if v_session.pending ->> 'activityId' is distinct from v_activity::text then
    perform private.refuse(409, 'conflict', 'This is not the task that the session shows. Load it again to go on.');
  end if;
  if v_standing not in ('final', 'needs_review') or (v_standing = 'needs_review' and v_passed) then
    perform private.refuse(422, 'rule_broken', 'A new verdict is final, or it awaits a review and has not passed.');
  end if;
  perform private.ensure_learner_model(p_user);
  v_model_version := private.write_model(p_user, (p_model ->> 'version')::bigint, p_model);
  insert into public.learning_responses
    (id, session_id, user_id, activity_id, concept, answer, hints_used, passed, standing, validation, attempt, model_version)
  values
    (v_id, p_session, p_user, v_activity, p_response ->> 'concept', p_response -> 'answer',
     coalesce((p_response ->> 'hintsUsed')::integer, 0), v_passed, v_standing, p_response -> 'validation',
     p_response -> 'attempt', v_model_version);
  perform private.write_changes(p_user, v_id, v_model_version, p_changes);
  update public.learning_sessions s
  set version = s.version + 1, seen_at = clock_timestamp(), inactive_told_at = null, pending = p_pending,
      progress = coalesce(p_progress, s.progress)
  where s.id = p_session
  returning s.* into v_session;
  perform private.append_outbox('session', p_session, 'learning/response.graded', jsonb_build_object(
    'sessionId', p_session, 'userId', p_user, 'responseId', v_id, 'passed', v_passed, 'standing', v_standing), nullif(p_traceparent, ''));
  perform private.count_event('learning.response_graded', jsonb_build_object(
    'passed', v_passed, 'standing', v_standing, 'level', p_response -> 'validation' -> 'level',
    'hints', coalesce((p_response ->> 'hintsUsed')::integer, 0)));
  perform private.say_to_session(v_session, 'progress', v_session.progress);
  -- The one row that all learners share comes last: it is held for as short as can be.
  if p_shift is not null then
    insert into private.learning_items as i (item_id, shift, answers) values (v_activity, p_shift, 1)
    on conflict (item_id) do update
      set shift = i.shift + excluded.shift, answers = i.answers + 1, updated_at = clock_timestamp();
  end if;
  return jsonb_build_object('responseId', v_id, 'version', v_session.version, 'modelVersion', v_model_version, 'repeated', false);
end;
$$;

-- The learner says that a verdict is wrong: the answer is marked for review. Returns {standing, appealedAt}.
create or replace function public.appeal_response(p_user uuid, p_response uuid, p_words text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_response public.learning_responses;
  v_at timestamptz;
begin
  select r.* into v_response from public.learning_responses r
  where r.id = p_response and r.user_id = p_user
  for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such answer.');
  end if;
  if char_length(btrim(coalesce(p_words, ''))) not between 1 and 2000 then
    perform private.refuse(422, 'rule_broken', 'Say in up to 2,000 characters what the verdict overlooks.');
  end if;
  if v_response.standing in ('needs_review', 'appealed') then
    perform private.refuse(409, 'conflict', 'Somebody is going to look at this answer already.');
  end if;
  if v_response.passed then
    perform private.refuse(409, 'conflict', 'This answer passed: there is nothing to appeal.');
  end if;
  update public.learning_responses r set standing = 'appealed' where r.id = p_response;
  insert into public.learning_appeals (response_id, user_id, words) values (p_response, p_user, btrim(p_words))
  returning created_at into v_at;
  perform private.append_outbox('session', v_response.session_id, 'learning/response.appealed', jsonb_build_object(
    'sessionId', v_response.session_id, 'userId', p_user, 'responseId', p_response));
  perform private.count_event('learning.response_appealed', jsonb_build_object('level', v_response.validation -> 'level'));
  return jsonb_build_object('standing', 'appealed', 'appealedAt', v_at);
end;
$$;

-- What waits for somebody to look at it, the oldest first: for operators, whom the caller has checked.
create or replace function public.list_responses_for_review(p_limit integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(w) order by w."answeredAt"), '[]'::jsonb)
  from (
    select r.id, r.user_id as "userId", r.activity_id as "activityId", r.concept, r.answer, r.validation, r.standing,
      r.answered_at as "answeredAt", a.words
    from public.learning_responses r left join public.learning_appeals a on a.response_id = r.id
    where r.standing in ('needs_review', 'appealed')
    order by r.answered_at
    limit least(greatest(p_limit, 1), 100)
  ) w;
$$;

-- A reviewer's word on an answer: the verdict stands (`upheld`) or it does not (`overturned`: the answer passed). p_model is
-- the learner's model by a replay in which this answer counts as the reviewer said, made of the version it names; p_changes
-- says why each concept moved.
create or replace function public.settle_response(
  p_reviewer uuid, p_response uuid, p_overturned boolean, p_settlement text, p_model jsonb, p_changes jsonb
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_response public.learning_responses;
  v_version bigint;
begin
  if not exists (select from public.user_roles u where u.user_id = p_reviewer and u.role = 'operator') then
    perform private.refuse(403, 'forbidden', 'Only operators settle appeals.');
  end if;
  select r.* into v_response from public.learning_responses r where r.id = p_response for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such answer.');
  end if;
  if v_response.user_id = p_reviewer then
    perform private.refuse(403, 'forbidden', 'Nobody settles an appeal of their own.');
  end if;
  update public.learning_responses r
  set standing = case when p_overturned then 'overturned' else 'upheld' end::public.verdict_standing,
      passed = r.passed or p_overturned
  where r.id = p_response;
  update public.learning_appeals a
  set settled_by = p_reviewer, settled_at = clock_timestamp(), settlement = nullif(btrim(p_settlement), '')
  where a.response_id = p_response;
  perform private.ensure_learner_model(v_response.user_id);
  v_version := private.write_model(v_response.user_id, (p_model ->> 'version')::bigint, p_model);
  perform private.write_changes(v_response.user_id, p_response, v_version, p_changes);
  perform private.append_outbox('session', v_response.session_id, 'learning/response.settled', jsonb_build_object(
    'sessionId', v_response.session_id, 'userId', v_response.user_id, 'responseId', p_response, 'overturned', p_overturned));
  perform private.notify(v_response.user_id, 'learning.appeal',
    case when p_overturned then 'Your answer passed after all' else 'Your answer was looked at again' end,
    coalesce(nullif(btrim(p_settlement), ''),
      case when p_overturned then 'The verdict was changed.' else 'The verdict stays.' end), '/learn');
  perform private.count_event('learning.response_settled', jsonb_build_object('overturned', p_overturned));
  return jsonb_build_object('modelVersion', v_version);
end;
$$;

revoke all on function private.check_verdict_step() from public, anon, authenticated, service_role;
revoke all on function private.write_model(uuid, bigint, jsonb) from public, anon, authenticated, service_role;
revoke all on function private.write_changes(uuid, uuid, bigint, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.read_learner_model(uuid) to service_role;
grant execute on function public.read_item_shifts(uuid[]) to service_role;
grant execute on function public.read_attempts(uuid, uuid) to service_role;
grant execute on function public.record_learning_response(uuid, uuid, bigint, jsonb, jsonb, jsonb, double precision, jsonb, jsonb, text)
  to service_role;
grant execute on function public.appeal_response(uuid, uuid, text) to service_role;
grant execute on function public.list_responses_for_review(integer) to service_role;
grant execute on function public.settle_response(uuid, uuid, boolean, text, jsonb, jsonb) to service_role;
