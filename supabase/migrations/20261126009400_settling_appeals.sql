-- Appeals, and answers that no check could judge, as operators see and settle them: page by page, with the verdict as it
-- stands afterwards, a reason that the learner reads, and a record of who decided.

-- The page is read in this order.
drop index public.learning_responses_review;
create index learning_responses_review on public.learning_responses (answered_at, id)
  where standing in ('needs_review', 'appealed');

drop function public.list_responses_for_review(integer);
drop function public.settle_response(uuid, uuid, boolean, text, jsonb, jsonb);

create or replace function private.require_reviewer(p_reviewer uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if not exists (select from public.user_roles u where u.user_id = p_reviewer and u.role = 'operator') then
    perform private.refuse(403, 'forbidden', 'Only operators settle appeals.');
  end if;
end;
$$;

-- What waits for somebody to look at it, the oldest first, from after a position on; null, null: from the start.
create or replace function public.list_responses_for_review(p_reviewer uuid, p_after_at timestamptz, p_after_id uuid, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_reviewer(p_reviewer);
  return coalesce((
    select jsonb_agg(to_jsonb(w) order by w."answeredAt", w.id)
    from (
      select r.id, r.user_id as "userId", r.activity_id as "activityId", r.concept, r.answer, r.validation, r.standing,
        r.answered_at as "answeredAt", a.words
      from public.learning_responses r left join public.learning_appeals a on a.response_id = r.id
      where r.standing in ('needs_review', 'appealed')
        and (p_after_at is null or (r.answered_at, r.id) > (p_after_at, p_after_id))
      order by r.answered_at, r.id
      limit least(greatest(p_limit, 1), 101)
    ) w
  ), '[]'::jsonb);
end;
$$;

-- One of them, however it stands now; null when there is no such answer.
create or replace function public.read_response_for_review(p_reviewer uuid, p_response uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_reviewer(p_reviewer);
  return (
    select jsonb_build_object('id', r.id, 'userId', r.user_id, 'activityId', r.activity_id, 'concept', r.concept,
      'answer', r.answer, 'validation', r.validation, 'standing', r.standing, 'answeredAt', r.answered_at, 'words', a.words)
    from public.learning_responses r left join public.learning_appeals a on a.response_id = r.id
    where r.id = p_response
  );
end;
$$;

-- A reviewer's word on an answer: the verdict stands (`upheld`) or it does not (`overturned`: the answer passed). p_validation
-- is the verdict line by line as it reads from now on; p_model the learner's model by a replay in which this answer counts as
-- the reviewer said, made of the version it names; p_changes says why each concept moved.
create or replace function public.settle_response(
  p_reviewer uuid, p_response uuid, p_overturned boolean, p_settlement text, p_validation jsonb, p_model jsonb, p_changes jsonb
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_response public.learning_responses;
  v_version bigint;
  v_reason text := btrim(coalesce(p_settlement, ''));
begin
  perform private.require_reviewer(p_reviewer);
  select r.* into v_response from public.learning_responses r where r.id = p_response for no key update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such answer.');
  end if;
  if v_response.user_id = p_reviewer then
    perform private.refuse(403, 'forbidden', 'Nobody settles an appeal of their own.');
  end if;
  if char_length(v_reason) not between 1 and 2000 then
    perform private.refuse(422, 'rule_broken', 'Say why, in up to 2,000 characters: the learner reads it.');
  end if;
  -- The trigger refuses what has been settled before.
  update public.learning_responses r
  set standing = case when p_overturned then 'overturned' else 'upheld' end::public.verdict_standing,
      passed = r.passed or p_overturned,
      validation = p_validation
  where r.id = p_response;
  update public.learning_appeals a
  set settled_by = p_reviewer, settled_at = clock_timestamp(), settlement = v_reason
  where a.response_id = p_response;
  insert into private.account_audit (user_id, actor_id, action, detail)
  values (v_response.user_id, p_reviewer, 'answer_reviewed', jsonb_build_object(
    'responseId', p_response, 'before', v_response.standing, 'passed', p_overturned, 'reason', v_reason));
  perform private.ensure_learner_model(v_response.user_id);
  v_version := private.write_model(v_response.user_id, (p_model ->> 'version')::bigint, p_model);
  perform private.write_changes(v_response.user_id, p_response, v_version, p_changes);
  perform private.append_outbox('session', v_response.session_id, 'learning/response.settled', jsonb_build_object(
    'sessionId', v_response.session_id, 'userId', v_response.user_id, 'responseId', p_response, 'overturned', p_overturned));
  perform private.notify(v_response.user_id, 'learning.appeal',
    case when p_overturned then 'Your answer passed after all' else 'Your answer was looked at, and has not passed' end,
    v_reason, '/learn');
  perform private.count_event('learning.response_settled', jsonb_build_object('overturned', p_overturned));
  return jsonb_build_object('modelVersion', v_version);
end;
$$;

revoke all on function private.require_reviewer(uuid) from public, anon, authenticated, service_role;
grant execute on function public.list_responses_for_review(uuid, timestamptz, uuid, integer) to service_role;
grant execute on function public.read_response_for_review(uuid, uuid) to service_role;
grant execute on function public.settle_response(uuid, uuid, boolean, text, jsonb, jsonb, jsonb) to service_role;
