-- An answer is one read and one write: each call of the Data API costs more than what it asks of the database. What stood in calls
-- of its own before is read and written in the same ones; the functions that do it stay as they are.

-- All that taking an answer has to know: {session, model, known, recent} as read_learning_turn says, with `shifts` of these items, what
-- could be put to the learner of their own code at these concepts (`choices`), and the exercise that is shown where it is of their own
-- code (`activity`); null when the learner has no such session.
create or replace function public.read_answering_turn(
  p_user uuid, p_session uuid, p_response uuid, p_items uuid[], p_concepts text[]
)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select t.turn || jsonb_build_object(
    'shifts', public.read_item_shifts(p_items),
    'choices', public.list_own_code_choices(p_user, p_concepts),
    'activity', case when t.turn #>> '{session,pending,own,is}' is not null
      then public.read_own_code_activity(p_user, (t.turn #>> '{session,pending,activityId}')::uuid) end)
  from (select public.read_learning_turn(p_user, p_session, p_response) as turn) t
  where t.turn is not null;
$$;

-- Takes an answer as record_learning_response does, or, where nothing is shown next (p_pending is null), as
-- record_last_learning_response does; with the question about it that is shown next, where there is one. Returns what those return, with
-- `activity`: the exercise that is shown next where it is of the learner's own code; and with `turn`, as read_learning_turn says, where
-- the answer was taken before or the session has ended with it.
create or replace function public.take_learning_answer(
  p_user uuid, p_session uuid, p_version bigint, p_response jsonb, p_model jsonb, p_changes jsonb, p_shift double precision,
  p_pending jsonb, p_progress jsonb, p_summary jsonb, p_question jsonb, p_traceparent text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_over boolean := p_pending is null or jsonb_typeof(p_pending) = 'null';
  v_recorded jsonb;
begin
  if v_over then
    v_recorded := public.record_last_learning_response(
      p_user, p_session, p_version, p_response, p_model, p_changes, p_shift, p_summary, p_progress, p_traceparent);
  else
    v_recorded := public.record_learning_response(
      p_user, p_session, p_version, p_response, p_model, p_changes, p_shift, p_pending, p_progress, p_traceparent);
  end if;
  if v_over or (v_recorded ->> 'repeated')::boolean then
    return v_recorded || jsonb_build_object(
      'turn', public.read_learning_turn(p_user, p_session, (p_response ->> 'id')::uuid));
  end if;
  if jsonb_typeof(p_question) = 'object' then
    perform public.keep_own_code_question(p_user, p_session, (p_question ->> 'uuid')::uuid, p_question);
  end if;
  if p_pending #>> '{own,is}' is not null then
    v_recorded := v_recorded || jsonb_build_object(
      'activity', public.read_own_code_activity(p_user, (p_pending ->> 'activityId')::uuid));
  end if;
  return v_recorded;
end;
$$;

revoke all on function public.read_answering_turn(uuid, uuid, uuid, uuid[], text[]),
  public.take_learning_answer(uuid, uuid, bigint, jsonb, jsonb, jsonb, double precision, jsonb, jsonb, jsonb, jsonb, text)
  from public, anon, authenticated;
grant execute on function public.read_answering_turn(uuid, uuid, uuid, uuid[], text[]) to service_role;
grant execute on function
  public.take_learning_answer(uuid, uuid, bigint, jsonb, jsonb, jsonb, double precision, jsonb, jsonb, jsonb, jsonb, text)
  to service_role;
-- These are steps of the two above now.
revoke execute on function public.record_learning_response(uuid, uuid, bigint, jsonb, jsonb, jsonb, double precision, jsonb, jsonb, text),
  public.record_last_learning_response(uuid, uuid, bigint, jsonb, jsonb, jsonb, double precision, jsonb, jsonb, text),
  public.list_own_code_choices(uuid, text[]), public.keep_own_code_question(uuid, uuid, uuid, jsonb)
  from service_role;
