-- What surrounds a pledge for less (docs/giving.md, "What it costs"): a function in SQL that cannot become part of its caller is planned
-- anew in each call, and these are called by each gift, one of them twice. The same statements, in a language that keeps their plans.

create or replace function public.look_up_idempotency(p_route text, p_caller text, p_key text, p_fingerprint text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_entry private.idempotency_keys;
begin
  select k.* into v_entry from private.idempotency_keys k where k.route = p_route and k.caller = p_caller and k.key = p_key;
  if not found then
    return '{"outcome": "new"}';
  end if;
  return private.idempotency_standing(v_entry, p_fingerprint);
end;
$$;

-- The update asks itself whether the caller holds the key, and locks it; whoever does not is refused as before.
create or replace function public.advance_idempotency(
  p_id uuid, p_fence bigint, p_recovery_point text, p_progress jsonb, p_lease_seconds integer
)
returns void
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
begin
  update private.idempotency_keys k
  set recovery_point = p_recovery_point, progress = coalesce(p_progress, k.progress),
      lease_until = clock_timestamp() + make_interval(secs => least(greatest(p_lease_seconds, 1), 600))
  where k.id = p_id and k.fence = p_fence and k.state = 'running';
  if not found then
    perform private.hold_idempotency(p_id, p_fence);
  end if;
end;
$$;

create or replace function public.settle_idempotency(p_id uuid, p_fence bigint, p_answer jsonb default null)
returns timestamptz
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_at timestamptz := clock_timestamp();
begin
  update private.idempotency_keys k
  set state = case when p_answer is null then 'open' else 'answered' end::private.idempotency_state,
      answer = p_answer, lease_until = null, settled_at = v_at
  where k.id = p_id and k.fence = p_fence and k.state = 'running';
  if not found then
    perform private.hold_idempotency(p_id, p_fence);
  end if;
  return v_at;
end;
$$;

create or replace function public.begin_provider_call(p_subject uuid, p_operation text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_call jsonb;
begin
  insert into private.provider_calls as c (subject_id, operation) values (p_subject, p_operation)
  on conflict (subject_id, operation) do update set tries = c.tries + 1, last_tried_at = clock_timestamp()
  returning jsonb_build_object('n', c.n, 'firstTriedAt', c.first_tried_at, 'tries', c.tries) into v_call;
  return v_call;
end;
$$;

-- A pledge with one of its payments, or the newest: read in one statement, where it was five.
create or replace function private.pledge_view(p_pledge uuid, p_payment uuid default null)
returns jsonb
language plpgsql
stable
as $$
declare
  v record;
  v_payment public.payments;
  v_returning bigint := 0;
begin
  select p as pledge, y as payment, k as card,
    case when c.id is not null then jsonb_build_object('slug', c.slug, 'title', c.title, 'status', c.status) end as campaign,
    case when d.pledge_id is not null then jsonb_build_object('name', d.name, 'email', d.email, 'message', d.message) end as donor
  into v
  from public.pledges p
  join public.payments y on y.pledge_id = p.id and (p_payment is null or y.id = p_payment)
  left join public.campaigns c on c.id = p.campaign_id
  left join public.pledge_donors d on d.pledge_id = p.id
  left join private.payment_cards k on k.payment_id = y.id
  where p.id = p_pledge
  order by y.number desc
  limit 1;
  if not found then
    perform 1 from public.pledges p where p.id = p_pledge;
    if not found then
      return null;
    end if;
    raise no_data_found using message = format('Pledge %s has no such payment.', p_pledge);
  end if;
  v_payment := v.payment;
  if v_payment.captured_minor > 0 then
    select coalesce(sum(r.amount_minor), 0) into v_returning from public.refunds r
    where r.payment_id = v_payment.id and r.status in ('pending', 'requires_action', 'succeeded')
      and (r.refund_id is not null or r.requested_by is not null);
  end if;
  return private.render_pledge(v.pledge, v_payment, v.campaign, v.donor, v.card, v_returning);
end;
$$;

-- As before, but a payment is written once where its charge and its card are told together.
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
  v_brand text := left(p_fact -> 'card' ->> 'brand', 40);
  v_last4 text := left(p_fact -> 'card' ->> 'last4', 4);
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
    -- What card it was with the rest, in one row version; note_card then finds it said.
    update public.payments p
    set charge_id = coalesce(p.charge_id, p_fact ->> 'chargeId'),
      capture_before = coalesce((p_fact ->> 'captureBefore')::timestamptz, p.capture_before),
      fee_minor = case when p.captured_minor > 0 or v_to in ('captured', 'completed') then coalesce(v_fee, p.fee_minor) else p.fee_minor end,
      card_brand = case when v_brand is null then p.card_brand else v_brand end,
      card_last4 = case when v_brand is null then p.card_last4 else v_last4 end,
      -- The provider has told us where it stands: nothing is unknown any more.
      unknown_since = null
    where p.id = v_payment.id
      and (p.unknown_since is not null or (p.charge_id is null and p_fact ? 'chargeId') or p_fact ? 'captureBefore' or v_fee is not null
        or (v_brand is not null and (p.card_brand, p.card_last4) is distinct from (v_brand, v_last4)));
    perform private.note_card(v_payment.id, p_fact -> 'card', p_fact -> 'risk');
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

-- How many declines a campaign had is asked before each gift to it: where all tries of an hour had to be read for that, a popular campaign's gifts
-- were the slower the more there were.
create index payment_attempts_declined on private.payment_attempts (campaign_id, at) where outcome = 'declined';
