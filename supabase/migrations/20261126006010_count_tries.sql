-- What tries are counted by. A try of a card that went well is counted as well. Only declines and errors were, so that of all tries the declines were always all,
-- and a campaign with thousands of gifts looked automated after some dozen declines.

create or replace function private.count_authorised(payment public.payments, p_fact jsonb)
returns void
language plpgsql
as $$
begin
  insert into private.payment_attempts (payment_id, campaign_id, outcome, charge_id, card_fingerprint, email_hash, ip_hash)
  select payment.id, payment.campaign_id, 'authorized', coalesce(p_fact ->> 'chargeId', payment.charge_id),
    p_fact -> 'card' ->> 'fingerprint', d.email_hash, p_fact ->> 'ipHash'
  from public.pledge_donors d where d.pledge_id = payment.pledge_id
  on conflict do nothing;
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
    perform private.reject_fact('payment', v_payment.id, v_payment.state::text, coalesce(v_to::text, v_kind), v_reason, p_fact - 'ipHash');
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
      if v_step = 'authorized' then
        perform private.count_authorised(v_payment, p_fact);
      end if;
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

-- One try of a card. Counted once, by the provider's event or by the charge. A challenge that failed has no charge: its event and our own
-- reading of it are one try, whichever comes first; they used to be two.
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
  v_payment := private.lock_payment(v_payment.id);
  if p_attempt ->> 'outcome' = 'declined' and p_attempt ->> 'chargeId' is null and exists (
    select from private.payment_attempts a where a.payment_id = v_payment.id and a.outcome = 'declined' and a.charge_id is null
      and (a.provider_event_id is null or p_attempt ->> 'eventId' is null)
  ) then
    return jsonb_build_object('recorded', false, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
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
      decline_message = left(p_attempt ->> 'message', 500),
      -- Whoever noted it ends it at once; should that process die, a sweeper does.
      check_at = least(p.check_at, now() + interval '1 minute')
    where p.id = v_payment.id and p.state = 'pending';
  end if;
  perform private.note_card(v_payment.id, p_attempt -> 'card', null);
  return jsonb_build_object('recorded', v_recorded, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
end;
$$;

create index if not exists payment_attempts_campaign_declines on private.payment_attempts (campaign_id, at) where outcome = 'declined';

-- The tries of the last hour in one place. Of a popular campaign so many tries are counted and no more: who is at the limit of declines is
-- refused long before, and where so many went well, declines are no sign.
create or replace function private.tries_by(p_campaign uuid, p_card text, p_email text, p_ip text)
returns jsonb
language plpgsql
stable
as $$
declare
  v_since timestamptz := now() - interval '1 hour';
  v_attempts bigint;
  v_declines bigint;
begin
  if p_campaign is not null then
    select count(*) into v_attempts from (
      select from private.payment_attempts t where t.campaign_id = p_campaign and t.at > v_since limit 1000) x;
    select count(*) into v_declines from (
      select from private.payment_attempts t where t.campaign_id = p_campaign and t.at > v_since and t.outcome = 'declined' limit 1000) x;
  elsif p_card is not null then
    select count(*), count(*) filter (where t.outcome = 'declined') into v_attempts, v_declines
    from private.payment_attempts t where t.card_fingerprint = p_card and t.at > v_since;
  elsif p_email is not null then
    select count(*), count(*) filter (where t.outcome = 'declined') into v_attempts, v_declines
    from private.payment_attempts t where t.email_hash = p_email and t.at > v_since;
  elsif p_ip is not null then
    select count(*), count(*) filter (where t.outcome = 'declined') into v_attempts, v_declines
    from private.payment_attempts t where t.ip_hash = p_ip and t.at > v_since;
  else
    return null;
  end if;
  return jsonb_build_object('attempts', v_attempts, 'declines', v_declines, 'sinceSeconds', 3600);
end;
$$;

-- How often cards were tried and declined in the last hour, by what is known of the caller, and whether they are shut out.
create or replace function public.read_risk(p_about jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_card text := p_about ->> 'cardFingerprint';
  v_email text := private.email_hash(p_about ->> 'email');
  v_person text := (p_about ->> 'userId')::uuid::text;
begin
  return jsonb_build_object(
    'campaign', private.tries_by((p_about ->> 'campaignId')::uuid, null, null, null),
    'card', private.tries_by(null, v_card, null, null),
    'email', private.tries_by(null, null, v_email, null),
    'ip', private.tries_by(null, null, null, p_about ->> 'ipHash'),
    'blocked', (select b.kind from private.blocks b
      where b.lifted_at is null and b.expires_at > now() and (
        (b.kind = 'email' and b.subject = v_email) or (b.kind = 'user' and b.subject = v_person)
        or (b.kind = 'card' and b.subject = encode(sha256(convert_to(v_card, 'UTF8')), 'hex')))
      order by b.created_at limit 1));
end;
$$;

revoke all on function private.count_authorised(public.payments, jsonb) from public, anon, authenticated, service_role;
revoke all on function private.tries_by(uuid, text, text, text) from public, anon, authenticated, service_role;
