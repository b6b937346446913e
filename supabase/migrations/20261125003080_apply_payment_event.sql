-- The one way in which the provider's facts about a payment take effect.

-- Ends the inbox row of an event in the transaction that applied it. Rows that are not there, or over, stay as they are.
create or replace function private.settle_inbox(p_event text, p_state private.webhook_state, p_outcome text)
returns void
language plpgsql
as $$
begin
  if p_event is null then
    return;
  end if;
  update private.webhook_events e
  set state = p_state, outcome = p_outcome, error = null, settled_at = case when p_state <> 'parked' then clock_timestamp() end,
    next_attempt_at = case when p_state = 'parked' then clock_timestamp() + private.outbox_backoff(e.attempts + 4, 6 * 3600) end
  where e.id = p_event and e.state in ('stored', 'parked');
end;
$$;

-- How far on the way to its money a state is; null off the way.
create or replace function private.payment_rank(state public.payment_state)
returns integer
language plpgsql
immutable
as $$
begin
  return array_position(array['pending', 'authorized', 'captured', 'completed'], state::text);
end;
$$;

-- Applies a fact (docs/giving.md says its form): walks the payment forward, one transition a step. What is behind it
-- changes nothing; what cannot be is written to the rejections. Of two that come together one waits for the other.
create or replace function public.apply_payment_event(p_fact jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_event text := p_fact ->> 'eventId';
  v_cause text := p_fact ->> 'cause';
  v_kind text := p_fact ->> 'kind';
  v_intent text := p_fact ->> 'intentId';
  v_to public.payment_state := (p_fact ->> 'to')::public.payment_state;
  v_amount bigint := (p_fact ->> 'amountMinor')::bigint;
  v_captured bigint := (p_fact ->> 'capturedMinor')::bigint;
  v_fee bigint := (p_fact ->> 'feeMinor')::bigint;
  v_trace text := nullif(p_fact ->> 'traceparent', '');
  v_payment public.payments;
  v_total bigint;
  v_now integer;
  v_outcome text;
  v_reason text;
  v_path public.payment_state[];
  v_step public.payment_state;
  v_steps jsonb := '[]'::jsonb;
begin
  if v_kind is null or v_cause is null or v_cause not in ('webhook', 'request', 'workflow', 'sweeper', 'reconciliation', 'operator')
    or (v_to in ('authorized', 'captured', 'completed') and (v_amount is null or p_fact ->> 'currency' is null)) then
    perform private.refuse(422, 'rule_broken', 'A fact needs its kind and cause, and with money its amount and currency.');
  end if;

  select p.* into v_payment from public.payments p where p.intent_id = v_intent;
  if not found then
    select p.* into v_payment from public.payments p where p.id = (p_fact ->> 'paymentId')::uuid;
  end if;
  -- An intent that our row does not name yet: the transaction that writes it has not committed.
  if v_payment.id is null or (v_intent is not null and v_payment.intent_id is null) then
    perform private.settle_inbox(v_event, 'parked', 'unknown_payment');
    return jsonb_build_object('outcome', 'unknown_payment');
  end if;
  v_payment := private.lock_payment(v_payment.id);
  if v_event is not null and exists (
    select from private.webhook_events e where e.id = v_event and e.state in ('processed', 'rejected')
  ) then
    return private.pledge_view(v_payment.pledge_id, v_payment.id) || jsonb_build_object('outcome', 'duplicate',
      'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id, 'state', v_payment.state, 'steps', v_steps);
  end if;

  v_total := v_payment.gift_minor + v_payment.cover_minor;
  v_now := private.payment_rank(v_payment.state);
  -- A cancel after a decline is the payment's failure; a hold that was let go is never one.
  if v_to in ('failed', 'canceled') then
    v_to := case
      when v_payment.state = 'authorized' then 'canceled'
      when v_payment.state in ('failed', 'canceled') then v_payment.state
      when v_payment.cancel_reason in ('declined', 'payment_method_unusable') then 'failed'
      else v_to
    end;
  end if;

  if v_intent is distinct from v_payment.intent_id and v_intent is not null then
    v_reason := 'intent_mismatch';
  elsif v_amount <> v_total then
    v_reason := 'amount_mismatch';
  elsif upper(p_fact ->> 'currency') <> v_payment.currency then
    v_reason := 'currency_mismatch';
  elsif v_to in ('captured', 'completed') and (v_captured not between 1 and v_total
    or (v_payment.captured_minor > 0 and v_captured <> v_payment.captured_minor)) then
    v_reason := 'amount_mismatch';
  elsif v_to is null then
    v_outcome := 'noted';
  elsif v_to = v_payment.state then
    v_outcome := 'duplicate';
  elsif v_to in ('failed', 'canceled') then
    if v_now > 2 then
      v_reason := 'illegal_step';
    elsif v_payment.intent_id is not null and p_fact ->> 'status' is distinct from 'canceled' and v_kind <> 'charge.expired' then
      perform private.refuse(422, 'rule_broken', 'A payment ends only when its intent can no longer succeed: cancel it first.');
    else
      v_path := array[v_to];
    end if;
  elsif v_now is null then
    -- Over. That it had been authorised before its hold was let go is merely late news.
    if v_payment.state = 'canceled' and v_to = 'authorized' then
      v_outcome := 'superseded';
    else
      v_reason := 'illegal_step';
    end if;
  elsif private.payment_rank(v_to) < v_now then
    v_outcome := 'superseded';
  else
    v_path := (array['pending', 'authorized', 'captured', 'completed']::public.payment_state[])[v_now + 1 : private.payment_rank(v_to)];
  end if;

  if v_reason is not null then
    if (p_fact ->> 'final')::boolean is false then
      return private.pledge_view(v_payment.pledge_id, v_payment.id) || jsonb_build_object('outcome', 'impossible', 'reason', v_reason,
        'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id, 'state', v_payment.state, 'steps', v_steps);
    end if;
    perform private.reject_fact('payment', v_payment.id, v_payment.state::text, coalesce(v_to::text, v_kind), v_reason, p_fact);
    v_outcome := 'rejected';
  else
    perform private.note_card(v_payment.id, p_fact -> 'card', p_fact -> 'risk');
    update public.payments p
    set charge_id = coalesce(p.charge_id, p_fact ->> 'chargeId'),
      capture_before = coalesce((p_fact ->> 'captureBefore')::timestamptz, p.capture_before),
      fee_minor = case when p.captured_minor > 0 or v_to in ('captured', 'completed') then coalesce(v_fee, p.fee_minor) else p.fee_minor end,
      -- The provider has told us where it stands: nothing is unknown any more.
      unknown_since = null
    where p.id = v_payment.id
      and (p.unknown_since is not null or (p.charge_id is null and p_fact ? 'chargeId') or p_fact ? 'captureBefore' or v_fee is not null);
    foreach v_step in array coalesce(v_path, '{}') loop
      v_steps := v_steps || jsonb_build_object('from', v_payment.state, 'to', v_step);
      perform private.step_payment(v_payment.id, v_step, v_cause, v_event,
        case when v_step = 'captured' then coalesce(v_captured, v_total) end, v_trace);
      v_payment.state := v_step;
      v_outcome := 'applied';
    end loop;
    if v_fee is not null then
      select p.* into strict v_payment from public.payments p where p.id = v_payment.id;
      -- A fee that became known after the capture moves no total, so no event goes with it.
      perform private.settle_ledger(v_payment, 'fee', null) where v_payment.captured_minor > 0;
    end if;
  end if;
  perform private.settle_inbox(v_event, case v_outcome when 'rejected' then 'rejected' else 'processed' end::private.webhook_state,
    coalesce(v_reason, v_outcome));
  return private.pledge_view(v_payment.pledge_id, v_payment.id) || jsonb_build_object('outcome', v_outcome, 'reason', v_reason,
    'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id, 'state', v_payment.state, 'steps', v_steps);
end;
$$;

-- Writes down what cannot be, once for each event. Without its trace, and of the card nothing.
create or replace function private.reject_fact(
  p_subject text, p_payment uuid, p_from text, p_to text, p_reason text, p_fact jsonb
)
returns void
language sql
set search_path = ''
as $$
  insert into private.payment_transition_rejections (payment_id, subject, from_state, to_state, reason, cause, provider_event_id, detail)
  values (p_payment, p_subject, p_from, p_to, p_reason, p_fact ->> 'cause', p_fact ->> 'eventId',
    p_fact - 'card' - 'traceparent' - 'eventId' - 'cause')
  on conflict do nothing;
$$;

revoke all on function private.settle_inbox(text, private.webhook_state, text) from public, anon, authenticated, service_role;
revoke all on function private.payment_rank(public.payment_state) from public, anon, authenticated, service_role;
revoke all on function private.reject_fact(text, uuid, text, text, text, jsonb) from public, anon, authenticated, service_role;
revoke all on function public.apply_payment_event(jsonb) from public, anon, authenticated;
grant execute on function public.apply_payment_event(jsonb) to service_role;
