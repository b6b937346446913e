-- What the server notes about a payment, and how the provider's facts move it.

-- Locks the pledge of a payment and reads the payment; refuses when there is none.
create or replace function private.lock_payment(p_payment uuid)
returns public.payments
language plpgsql
as $$
declare
  v_payment public.payments;
begin
  perform 1 from public.pledges g where g.id = (select p.pledge_id from public.payments p where p.id = p_payment) for update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such payment.');
  end if;
  select p.* into strict v_payment from public.payments p where p.id = p_payment;
  return v_payment;
end;
$$;

-- Commits the intent's id, before anything can be confirmed with it. Again with the same id changes nothing.
create or replace function public.record_intent(p_payment uuid, p_intent text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments := private.lock_payment(p_payment);
begin
  if v_payment.intent_id is distinct from p_intent then
    if v_payment.intent_id is not null then
      perform private.refuse(409, 'conflict', 'This payment has another intent at the provider already.');
    end if;
    update public.payments p set intent_id = p_intent, unknown_since = null where p.id = p_payment;
  end if;
  return private.pledge_view(v_payment.pledge_id, p_payment);
end;
$$;

-- Says with which n an operation's key is to be made, and remembers that it was tried.
create or replace function public.begin_provider_call(p_subject uuid, p_operation text)
returns jsonb
language sql
security definer
set search_path = ''
set enable_seqscan = off
as $$
  insert into private.provider_calls as c (subject_id, operation) values (p_subject, p_operation)
  on conflict (subject_id, operation) do update set tries = c.tries + 1, last_tried_at = clock_timestamp()
  returning jsonb_build_object('n', c.n, 'firstTriedAt', c.first_tried_at, 'tries', c.tries);
$$;

-- The next n: after an answered 5xx and a re-read that shows no effect. Two who say so together get the same one.
create or replace function public.bump_provider_call(p_subject uuid, p_operation text, p_n integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_n integer;
begin
  update private.provider_calls c set n = c.n + 1, first_tried_at = clock_timestamp()
  where c.subject_id = p_subject and c.operation = p_operation and c.n = p_n;
  select c.n into v_n from private.provider_calls c where c.subject_id = p_subject and c.operation = p_operation;
  return jsonb_build_object('n', coalesce(v_n, 1));
end;
$$;

-- Nobody knows what a call did. A sweeper resolves it by reading.
create or replace function public.mark_payment_unknown(p_payment uuid, p_operation text, p_cause text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments := private.lock_payment(p_payment);
begin
  update public.payments p
  set unknown_since = coalesce(p.unknown_since, now()), check_at = now() + interval '1 minute', checks = 0
  where p.id = p_payment and p.state not in ('failed', 'canceled');
  return private.pledge_view(v_payment.pledge_id, p_payment);
end;
$$;

-- The payment waits: for the donor's 3-D Secure challenge (30 minutes), or for the provider to come back (an hour).
create or replace function public.mark_payment_waiting(p_payment uuid, p_for text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments := private.lock_payment(p_payment);
  v_until timestamptz := now() + case p_for when 'challenge' then interval '30 minutes' else interval '1 hour' end;
begin
  if p_for not in ('challenge', 'provider') then
    perform private.refuse_field('p_for', 'A payment waits for a challenge or for the provider.');
  end if;
  -- Waiting for the same again does not begin anew.
  update public.payments p
  set waiting_for = p_for, waiting_until = v_until, check_at = v_until, checks = 0, unknown_since = null
  where p.id = p_payment and p.state = 'pending' and p.waiting_for is distinct from p_for;
  return private.pledge_view(v_payment.pledge_id, p_payment);
end;
$$;

-- We are about to cancel it at the provider: what comes back then is its end. The first reason stays.
create or replace function public.intend_cancel(p_payment uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments := private.lock_payment(p_payment);
begin
  if p_reason not in ('declined', 'payment_method_unusable', 'challenge_expired', 'provider_unavailable', 'risk_refused',
    'campaign_closed', 'donor', 'hold_expiring', 'pledge_canceled') then
    perform private.refuse_field('p_reason', 'This is no reason to cancel a payment for.');
  end if;
  if v_payment.state in ('captured', 'completed') then
    perform private.refuse(409, 'conflict', 'This donation was already processed. It can be refunded, not cancelled.');
  end if;
  update public.payments p
  set cancel_reason = coalesce(p.cancel_reason, p_reason), check_at = now() + interval '1 minute', checks = 0
  where p.id = p_payment and p.state in ('pending', 'authorized');
  return private.pledge_view(v_payment.pledge_id, p_payment);
end;
$$;

-- One try of a card. Counted once, by the provider's event or by the charge.
create or replace function public.record_attempt(p_attempt jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments;
  v_recorded boolean;
begin
  select p.* into v_payment from public.payments p
  where p.id = (p_attempt ->> 'paymentId')::uuid or p.intent_id = p_attempt ->> 'intentId' limit 1;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such payment.');
  end if;
  insert into private.payment_attempts (payment_id, campaign_id, outcome, provider_event_id, charge_id, code, decline_code,
    card_fingerprint, email_hash, ip_hash, at)
  select v_payment.id, v_payment.campaign_id, p_attempt ->> 'outcome', p_attempt ->> 'eventId', p_attempt ->> 'chargeId',
    left(p_attempt ->> 'code', 100), left(p_attempt ->> 'declineCode', 100), p_attempt -> 'card' ->> 'fingerprint', d.email_hash,
    p_attempt ->> 'ipHash', coalesce((p_attempt ->> 'at')::timestamptz, now())
  from public.pledge_donors d where d.pledge_id = v_payment.pledge_id
  on conflict do nothing;
  v_recorded := found;
  if v_recorded and p_attempt ->> 'outcome' = 'declined' then
    update public.payments p
    set decline_code = left(coalesce(p_attempt ->> 'declineCode', p_attempt ->> 'code'), 100),
      decline_message = left(p_attempt ->> 'message', 500)
    where p.id = v_payment.id and p.state = 'pending';
  end if;
  perform private.note_card(v_payment.id, p_attempt -> 'card', null);
  return jsonb_build_object('recorded', v_recorded, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
end;
$$;

-- Keeps what is known of the card and of the provider's judgement of it.
create or replace function private.note_card(p_payment uuid, p_card jsonb, p_risk jsonb)
returns void
language plpgsql
as $$
begin
  if coalesce(jsonb_typeof(p_card), 'null') = 'null' and coalesce(jsonb_typeof(p_risk), 'null') = 'null' then
    return;
  end if;
  insert into private.payment_cards as c (payment_id, fingerprint, country, risk_level, risk_score)
  values (p_payment, p_card ->> 'fingerprint', left(p_card ->> 'country', 2), p_risk ->> 'level', (p_risk ->> 'score')::numeric::integer)
  on conflict (payment_id) do update
    set fingerprint = coalesce(excluded.fingerprint, c.fingerprint), country = coalesce(excluded.country, c.country),
      risk_level = coalesce(excluded.risk_level, c.risk_level), risk_score = coalesce(excluded.risk_score, c.risk_score);
  if p_card ->> 'brand' is not null then
    update public.payments p set card_brand = left(p_card ->> 'brand', 40), card_last4 = left(p_card ->> 'last4', 4)
    where p.id = p_payment and (p.card_brand, p.card_last4) is distinct from (left(p_card ->> 'brand', 40), left(p_card ->> 'last4', 4));
  end if;
end;
$$;

-- Takes a payment one step on: its transition, its event, and what follows for the ledger and the pledge.
create or replace function private.step_payment(
  p_payment uuid, p_to public.payment_state, p_cause text, p_provider_event text, p_captured bigint, p_traceparent text
)
returns void
language plpgsql
as $$
declare
  v_payment public.payments;
  v_pledge public.pledges;
  v_next public.pledge_status;
  v_event uuid;
  v_pledge_event uuid;
begin
  select p.* into strict v_payment from public.payments p where p.id = p_payment;
  select p.* into strict v_pledge from public.pledges p where p.id = v_payment.pledge_id;
  -- Where the pledge goes with it. One that was cancelled meanwhile stays cancelled.
  v_next := case
    when p_to in ('captured', 'failed', 'canceled') and v_pledge.status = 'pending' then p_to::text
    when p_to = 'completed' and v_pledge.status = 'captured' then 'completed'
  end::public.pledge_status;
  v_pledge.status := coalesce(v_next, v_pledge.status);
  v_event := private.append_outbox('pledge', v_pledge.id, 'giving/payment.' || p_to::text,
    private.pledge_event(v_pledge, p_payment, jsonb_strip_nulls(jsonb_build_object('number', v_payment.number, 'state', p_to,
      'cause', p_cause, 'capturedMinor', p_captured, 'reason', v_payment.cancel_reason,
      'declineCode', case when p_to = 'failed' then v_payment.decline_code end))), p_traceparent);
  insert into private.payment_transitions (payment_id, seq, from_state, to_state, cause, provider_event_id, event_id)
  select p_payment, 1 + count(*), v_payment.state, p_to, p_cause, p_provider_event, v_event
  from private.payment_transitions t where t.payment_id = p_payment;
  update public.payments p
  set state = p_to,
    authorized_minor = case when p_to = 'authorized' then p.gift_minor + p.cover_minor else p.authorized_minor end,
    captured_minor = case when p_to = 'captured' then coalesce(p_captured, p.gift_minor + p.cover_minor) else p.captured_minor end,
    unknown_since = null, waiting_for = null, waiting_until = null, checks = 0,
    check_at = case
      when p_to = 'authorized' then now() + interval '5 minutes'
      when p_to = 'captured' then now() + interval '1 hour'
      when p_to = 'completed' and v_pledge.status = 'canceled' then now() + interval '1 minute'
    end
  where p.id = p_payment
  returning p.* into v_payment;
  if p_to = 'captured' then
    perform private.settle_ledger(v_payment, 'capture', v_event);
  end if;
  if v_next is not null then
    if v_next in ('completed', 'canceled') then
      v_pledge_event := private.append_outbox('pledge', v_pledge.id, 'giving/pledge.' || v_next::text,
        private.pledge_event(v_pledge, p_payment, jsonb_strip_nulls(jsonb_build_object('reason', v_payment.cancel_reason))), p_traceparent);
    end if;
    perform private.step_pledge(v_pledge.id, v_next, coalesce(v_payment.cancel_reason, 'payment'), coalesce(v_pledge_event, v_event));
  end if;
end;
$$;

-- The donor, an organiser or the system gives a pledge up. Its payment follows when the provider has cancelled it.
create or replace function public.cancel_pledge(p_pledge uuid, p_reason text, p_actor uuid, p_traceparent text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_pledge public.pledges;
  v_campaign public.campaigns;
  v_payment uuid;
  v_event uuid;
begin
  select p.* into v_pledge from public.pledges p where p.id = p_pledge for update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such pledge.');
  end if;
  if p_actor is not null and p_actor is distinct from v_pledge.user_id then
    select c.* into strict v_campaign from public.campaigns c where c.id = v_pledge.campaign_id;
    perform private.require_manager(p_actor, v_campaign);
  end if;
  if v_pledge.status in ('captured', 'completed') then
    perform private.refuse(409, 'conflict', 'This donation was already processed. It can be refunded, not cancelled.');
  end if;
  if v_pledge.status = 'pending' then
    select p.id into strict v_payment from public.payments p where p.pledge_id = p_pledge order by p.number desc limit 1;
    v_pledge.status := 'canceled';
    v_event := private.append_outbox('pledge', p_pledge, 'giving/pledge.canceled',
      private.pledge_event(v_pledge, v_payment, jsonb_build_object('reason', p_reason)), nullif(p_traceparent, ''));
    perform private.step_pledge(p_pledge, 'canceled', left(p_reason, 100), v_event);
    update public.payments p set check_at = now() + interval '1 minute', checks = 0, cancel_reason = coalesce(p.cancel_reason, 'pledge_canceled')
    where p.id = v_payment and p.state in ('pending', 'authorized');
    -- It may have been captured this moment, which our row does not know yet; then a refund follows.
    update public.payments p set check_at = now(), checks = 0 where p.id = v_payment and p.state in ('captured', 'completed');
  end if;
  return private.pledge_view(p_pledge);
end;
$$;

-- Not captured until somebody has looked at it.
create or replace function public.hold_payment(p_payment uuid, p_reasons jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments := private.lock_payment(p_payment);
begin
  update public.payments p set review = 'held', review_reasons = p_reasons
  where p.id = p_payment and p.state in ('pending', 'authorized') and p.review is null;
  return private.pledge_view(v_payment.pledge_id, p_payment);
end;
$$;

-- An organiser or operator has looked: release lets it be captured, refuse has it voided.
create or replace function public.review_payment(p_actor uuid, p_payment uuid, p_decision text, p_note text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments := private.lock_payment(p_payment);
  v_pledge public.pledges;
  v_campaign public.campaigns;
begin
  select c.* into strict v_campaign from public.campaigns c where c.id = v_payment.campaign_id;
  perform private.require_manager(p_actor, v_campaign);
  if p_decision not in ('release', 'refuse') then
    perform private.refuse_field('decision', 'A payment is released or refused.');
  end if;
  if v_payment.review is distinct from 'held' or v_payment.state not in ('pending', 'authorized') then
    perform private.refuse(409, 'conflict', 'This payment is not held any more. Load the page again.');
  end if;
  update public.payments p
  set review = case p_decision when 'release' then 'released' else 'refused' end::public.review_status,
    review_reasons = jsonb_build_object('reasons', p.review_reasons, 'decidedBy', p_actor, 'decidedAt', now(), 'note', left(p_note, 500)),
    cancel_reason = case p_decision when 'refuse' then coalesce(p.cancel_reason, 'risk_refused') else p.cancel_reason end,
    check_at = now() + interval '1 minute', checks = 0
  where p.id = p_payment;
  select p.* into strict v_pledge from public.pledges p where p.id = v_payment.pledge_id;
  perform private.append_outbox('pledge', v_pledge.id, 'giving/payment.reviewed', private.pledge_event(v_pledge, p_payment,
    jsonb_build_object('number', v_payment.number, 'state', v_payment.state, 'cause', 'operator', 'decision', p_decision)));
  return private.pledge_view(v_payment.pledge_id, p_payment);
end;
$$;

revoke all on function private.lock_payment(uuid) from public, anon, authenticated, service_role;
revoke all on function private.note_card(uuid, jsonb, jsonb) from public, anon, authenticated, service_role;
revoke all on function private.step_payment(uuid, public.payment_state, text, text, bigint, text) from public, anon, authenticated, service_role;
revoke all on function public.record_intent(uuid, text) from public, anon, authenticated;
revoke all on function public.begin_provider_call(uuid, text) from public, anon, authenticated;
revoke all on function public.bump_provider_call(uuid, text, integer) from public, anon, authenticated;
revoke all on function public.mark_payment_unknown(uuid, text, text) from public, anon, authenticated;
revoke all on function public.mark_payment_waiting(uuid, text) from public, anon, authenticated;
revoke all on function public.intend_cancel(uuid, text) from public, anon, authenticated;
revoke all on function public.record_attempt(jsonb) from public, anon, authenticated;
revoke all on function public.cancel_pledge(uuid, text, uuid, text) from public, anon, authenticated;
revoke all on function public.hold_payment(uuid, jsonb) from public, anon, authenticated;
revoke all on function public.review_payment(uuid, uuid, text, text) from public, anon, authenticated;
grant execute on function public.record_intent(uuid, text) to service_role;
grant execute on function public.begin_provider_call(uuid, text) to service_role;
grant execute on function public.bump_provider_call(uuid, text, integer) to service_role;
grant execute on function public.mark_payment_unknown(uuid, text, text) to service_role;
grant execute on function public.mark_payment_waiting(uuid, text) to service_role;
grant execute on function public.intend_cancel(uuid, text) to service_role;
grant execute on function public.record_attempt(jsonb) to service_role;
grant execute on function public.cancel_pledge(uuid, text, uuid, text) to service_role;
grant execute on function public.hold_payment(uuid, jsonb) to service_role;
grant execute on function public.review_payment(uuid, uuid, text, text) to service_role;
