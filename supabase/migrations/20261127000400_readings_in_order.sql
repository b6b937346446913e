-- Of two readings of one refund or dispute at the provider the later counts. Which one that is the clocks of our processes said: one whose clock was ten
-- minutes ahead made every right reading of the next ten minutes an older one. Now a reading has a number that is taken here before the provider
-- is asked. Whatever had changed there before an event came to us, or before a comparison asked, is in a reading with a higher number than any
-- that can miss it. The number comes with what is asked of the database at that moment anyway: the inbox's row.

create sequence private.readings as bigint;
revoke all on sequence private.readings from public, anon, authenticated, service_role;

-- 0: what stands there is older than each numbered reading.
alter table public.refunds add column reading bigint not null default 0;
alter table public.disputes add column reading bigint not null default 0;
comment on column public.refunds.read_at is 'When what this row says was written down; which of two readings is the later one, reading says.';
comment on column public.disputes.read_at is 'When what this row says was written down; which of two readings is the later one, reading says.';

-- The number of a reading that begins now, where nothing else is asked of the database before it.
create or replace function public.begin_reading()
returns bigint
language sql
security definer
set search_path = ''
as $$
  select nextval('private.readings');
$$;

-- A fact's number. None is higher than the last that was given out: a process that lived through a restoring of the database to an earlier moment
-- brings a number of the time that was lost, and would have the last word until the sequence is there again.
create or replace function private.reading_of(fact jsonb)
returns bigint
language sql
set search_path = ''
as $$
  select least((fact ->> 'reading')::bigint, r.last_value) from private.readings r where fact ->> 'reading' is not null;
$$;

-- Keeps a verified event, in a transaction of its own, before anything is made of it, and gives
-- the number under which it may be read now what the event is about.
create or replace function public.store_webhook_event(
  p_id text, p_type text, p_object_id text, p_livemode boolean, p_api_version text, p_created timestamptz, p_payload jsonb
)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_event private.webhook_events;
begin
  insert into private.webhook_events as e (id, type, object_id, livemode, api_version, created, payload, attempts)
  values (p_id, p_type, p_object_id, p_livemode, p_api_version, p_created, p_payload, 1)
  on conflict (id) do nothing
  returning e.* into v_event;
  if v_event.id is not null then
    return jsonb_build_object('outcome', 'stored', 'state', v_event.state, 'attempts', v_event.attempts,
      'reading', nextval('private.readings'));
  end if;
  select e.* into strict v_event from private.webhook_events e where e.id = p_id;
  return jsonb_build_object('outcome', 'known', 'state', v_event.state, 'attempts', v_event.attempts,
    'reading', nextval('private.readings'));
end;
$$;

-- Events that nobody has got to the end of: parked ones whose time has come, and those whose handler died.
create or replace function public.claim_webhook_events(p_limit integer, p_lease_seconds integer)
returns jsonb
language sql
security definer
set search_path = ''
set enable_seqscan = off
as $$
  with due as (
    select e.id from private.webhook_events e
    where e.next_attempt_at <= clock_timestamp()
    order by e.next_attempt_at limit least(greatest(p_limit, 1), 500)
    for update skip locked
  ), leased as (
    update private.webhook_events e
    set attempts = e.attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => least(greatest(p_lease_seconds, 1), 3600))
    from due where e.id = due.id returning e.*
  )
  select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'type', l.type, 'payload', l.payload, 'state', l.state, 'attempts', l.attempts,
    'reading', nextval('private.readings'))
    order by l.created, l.id), '[]'::jsonb)
  from leased l;
$$;

-- What the provider says of a refund, read anew. One made in its dashboard gets its row here. One that comes to nothing is due again, and is looked
-- at with growing waits: made again each minute for ever, it would never come to a person.
create or replace function public.record_refund(p_fact jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_event text := p_fact ->> 'eventId';
  v_to public.refund_status := (p_fact ->> 'status')::public.refund_status;
  v_amount bigint := (p_fact ->> 'amountMinor')::bigint;
  v_reading bigint := private.reading_of(p_fact);
  v_payment public.payments;
  v_refund public.refunds;
  v_from text;
  v_outcome text := 'applied';
  v_reason text;
begin
  if p_fact ->> 'refundId' is null or v_to is null or v_amount is null or v_reading is null or p_fact ->> 'currency' is null or p_fact ->> 'cause' is null then
    perform private.refuse(422, 'rule_broken', 'A refund needs its id, amount, currency, status, cause and the number of its reading.');
  end if;
  select p.* into v_payment from public.payments p
  where p.intent_id = p_fact ->> 'intentId' or p.charge_id = p_fact ->> 'chargeId' limit 1;
  if not found then
    perform private.settle_inbox(v_event, 'parked', 'unknown_payment');
    return jsonb_build_object('outcome', 'unknown_payment');
  end if;
  v_payment := private.lock_payment(v_payment.id);
  if v_payment.captured_minor = 0 then
    -- A void of a hold lowers nothing. Of captured money it is ahead of our row, and waits for the capture.
    v_outcome := case when (p_fact ->> 'chargeCaptured')::boolean then 'ahead' else 'noted' end;
    perform private.settle_inbox(v_event, case v_outcome when 'ahead' then 'parked' else 'processed' end::private.webhook_state, v_outcome);
    return jsonb_build_object('outcome', v_outcome, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
  end if;
  select r.* into v_refund from public.refunds r where r.refund_id = p_fact ->> 'refundId';
  if not found then
    select r.* into v_refund from public.refunds r
    where r.id = (p_fact ->> 'id')::uuid and r.payment_id = v_payment.id and r.refund_id is null;
  end if;
  v_from := v_refund.status::text;
  if upper(p_fact ->> 'currency') <> v_payment.currency then
    v_reason := 'currency_mismatch';
  elsif v_refund.amount_minor <> v_amount or (v_refund.id is not null and v_refund.payment_id <> v_payment.id) then
    v_reason := 'amount_mismatch';
  elsif v_refund.refund_id is not null and v_reading < v_refund.reading then
    v_outcome := 'superseded';
  elsif v_refund.refund_id is not null and v_refund.status = v_to then
    v_outcome := 'duplicate';
  elsif v_refund.id is not null and v_refund.status <> v_to and not exists (
    select from private.refund_steps s where s.from_status = v_refund.status and s.to_status = v_to
  ) then
    -- It leads there from where it says: late news. It never does: impossible.
    if exists (select from private.refund_steps s where s.from_status = v_to and s.to_status = v_refund.status) or v_refund.status = 'succeeded' then
      v_outcome := 'superseded';
    else
      v_reason := 'illegal_step';
    end if;
  elsif v_to = 'succeeded' and v_payment.refunded_minor + v_amount > v_payment.captured_minor then
    v_reason := 'amount_mismatch';
  end if;

  if v_reason is not null then
    if (p_fact ->> 'final')::boolean is false then
      return jsonb_build_object('outcome', 'impossible', 'reason', v_reason, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
    end if;
    perform private.reject_fact('refund', v_payment.id, coalesce(v_from, 'none'), v_to::text, v_reason, p_fact);
    v_outcome := 'rejected';
  elsif v_outcome = 'applied' then
    if v_refund.id is null then
      insert into public.refunds (payment_id, refund_id, amount_minor, currency, status, reason, failure_reason, reading, read_at)
      values (v_payment.id, p_fact ->> 'refundId', v_amount, v_payment.currency, v_to,
        case when p_fact ->> 'reason' in ('requested_by_customer', 'duplicate', 'fraudulent') then p_fact ->> 'reason' else 'provider' end,
        left(p_fact ->> 'failureReason', 200), v_reading, now())
      returning * into v_refund;
    else
      update public.refunds r
      set refund_id = p_fact ->> 'refundId', status = v_to, due_at = null, reading = v_reading, read_at = now(),
        failure_reason = coalesce(left(p_fact ->> 'failureReason', 200), r.failure_reason)
      where r.id = v_refund.id returning r.* into v_refund;
    end if;
    if v_from is distinct from v_to::text then
      perform private.step_money_back('refund', v_refund.id, v_payment.id, v_from, v_to::text, v_amount, p_fact);
    end if;
    -- A refund that came to nothing leaves money that is still due.
    update public.payments p set check_at = coalesce(p.check_at, now() + interval '1 minute')
    from public.pledges g
    where p.id = v_payment.id and g.id = p.pledge_id and g.status = 'canceled' and v_to in ('failed', 'canceled');
  elsif v_outcome = 'duplicate' then
    update public.refunds r set reading = v_reading, read_at = now() where r.id = v_refund.id;
  end if;
  perform private.settle_inbox(v_event, case v_outcome when 'rejected' then 'rejected' else 'processed' end::private.webhook_state,
    coalesce(v_reason, v_outcome));
  return jsonb_build_object('outcome', v_outcome, 'reason', v_reason, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id,
    'refund', case when v_refund.id is not null then private.refund_view(v_refund) end);
end;
$$;

-- What the provider says of a dispute, read anew: created and closed may come within half a second, in either order, so
-- the later reading counts.
create or replace function public.record_dispute(p_fact jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_event text := p_fact ->> 'eventId';
  v_to public.dispute_status := (p_fact ->> 'status')::public.dispute_status;
  v_amount bigint := (p_fact ->> 'amountMinor')::bigint;
  v_reading bigint := private.reading_of(p_fact);
  v_fee bigint := (p_fact ->> 'feeMinor')::bigint;
  v_payment public.payments;
  v_old public.disputes;
  v_dispute public.disputes;
  v_outcome text := 'applied';
  v_reason text;
begin
  if p_fact ->> 'disputeId' is null or v_to is null or v_amount is null or v_reading is null or p_fact ->> 'currency' is null or p_fact ->> 'cause' is null then
    perform private.refuse(422, 'rule_broken', 'A dispute needs its id, amount, currency, status, cause and the number of its reading.');
  end if;
  select p.* into v_payment from public.payments p
  where p.intent_id = p_fact ->> 'intentId' or p.charge_id = p_fact ->> 'chargeId' limit 1;
  if not found then
    perform private.settle_inbox(v_event, 'parked', 'unknown_payment');
    return jsonb_build_object('outcome', 'unknown_payment');
  end if;
  v_payment := private.lock_payment(v_payment.id);
  if v_payment.captured_minor = 0 then
    perform private.settle_inbox(v_event, 'parked', 'ahead');
    return jsonb_build_object('outcome', 'ahead', 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
  end if;
  select d.* into v_old from public.disputes d where d.dispute_id = p_fact ->> 'disputeId';
  v_dispute := v_old;
  if upper(p_fact ->> 'currency') <> v_payment.currency then
    v_reason := 'currency_mismatch';
  elsif v_old.payment_id <> v_payment.id then
    v_reason := 'intent_mismatch';
  elsif v_reading < v_old.reading then
    v_outcome := 'superseded';
  elsif v_old.status = v_to and v_old.amount_minor = v_amount and v_old.fee_minor = coalesce(v_fee, v_old.fee_minor) then
    v_outcome := 'duplicate';
  elsif v_old.id is not null and v_old.status <> v_to and not exists (
    select from private.dispute_steps s where s.from_status = v_old.status and s.to_status = v_to
  ) then
    v_reason := 'illegal_step';
  end if;

  if v_reason is not null then
    if (p_fact ->> 'final')::boolean is false then
      return jsonb_build_object('outcome', 'impossible', 'reason', v_reason, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
    end if;
    perform private.reject_fact('dispute', v_payment.id, coalesce(v_old.status::text, 'none'), v_to::text, v_reason, p_fact);
    v_outcome := 'rejected';
  elsif v_outcome in ('applied', 'duplicate') then
    insert into public.disputes as d (payment_id, dispute_id, amount_minor, currency, status, reason, fee_minor, evidence_due_by, reading, read_at)
    values (v_payment.id, p_fact ->> 'disputeId', v_amount, v_payment.currency, v_to, left(p_fact ->> 'reason', 100),
      coalesce(v_fee, 0), (p_fact ->> 'evidenceDueBy')::timestamptz, v_reading, now())
    on conflict (dispute_id) do update
      set amount_minor = excluded.amount_minor, status = excluded.status, reason = coalesce(excluded.reason, d.reason),
        fee_minor = coalesce(v_fee, d.fee_minor), evidence_due_by = coalesce(excluded.evidence_due_by, d.evidence_due_by), reading = excluded.reading, read_at = now()
    returning d.* into v_dispute;
    if v_outcome = 'applied' then
      perform private.step_money_back('dispute', v_dispute.id, v_payment.id, v_old.status::text, v_to::text, v_amount, p_fact);
    end if;
  end if;
  perform private.settle_inbox(v_event, case v_outcome when 'rejected' then 'rejected' else 'processed' end::private.webhook_state,
    coalesce(v_reason, v_outcome));
  return jsonb_build_object('outcome', v_outcome, 'reason', v_reason, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id,
    'dispute', case when v_dispute.id is not null then private.dispute_view(v_dispute) end);
end;
$$;

revoke all on function private.reading_of(jsonb) from public, anon, authenticated, service_role;
revoke all on function public.begin_reading() from public, anon, authenticated;
grant execute on function public.begin_reading() to service_role;
