-- A payment that has been looked at for days and does not move becomes a difference for an operator to decide about, beside those that comparisons
-- with the provider find. It is gone as soon as the payment has moved.

-- What a sweeper finds belongs to no run.
alter table private.reconciliation_discrepancies alter column first_run drop not null;
alter table private.reconciliation_discrepancies alter column last_run drop not null;

create or replace function private.report_stuck_payment(payment public.payments, reason text)
returns void
language sql
set search_path = ''
as $$
  insert into private.reconciliation_discrepancies as d (kind, object_id, object_at, payment_id, pledge_id, campaign_id, currency, ours, proposal)
  select 'stuck', coalesce((payment).intent_id, (payment).id::text), (payment).created_at, (payment).id, (payment).pledge_id, (payment).campaign_id,
    (payment).currency, jsonb_build_object('state', (payment).state, 'reason', reason, 'totalMinor', (payment).gift_minor + (payment).cover_minor),
    'We have looked at this payment again and again for days, and it does not move. Find it in the provider''s dashboard and end it there: capture, cancel or refund it. What is done there comes here by itself.'
  -- What somebody has accepted as it is stays so.
  where not exists (select from private.reconciliation_discrepancies o
    where o.kind = 'stuck' and o.payment_id = (payment).id and o.state = 'dismissed' and o.ours ->> 'reason' = reason
      and o.ours ->> 'state' = (payment).state::text)
  on conflict (kind, object_id) where state = 'open' do nothing;
$$;

create or replace function private.close_stuck_payment(payment uuid)
returns void
language sql
set search_path = ''
as $$
  update private.reconciliation_discrepancies d set state = 'gone', decided_at = now()
  where d.payment_id = payment and d.kind = 'stuck' and d.state = 'open';
$$;

create or replace function private.payment_moved()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform private.close_stuck_payment(new.id);
  return null;
end;
$$;

-- Only of what was looked at that often: other payments do not pay for it.
create trigger payments_moved after update of state, checks on public.payments
  for each row when (old.checks > 7 and (new.state <> old.state or new.checks < old.checks)) execute function private.payment_moved();

-- Payments that should be looked at, each to one asker. The waits between two looks grow, from minutes to a day; a payment that
-- still has not moved at the eighth becomes a dead letter and a difference for operators, and goes on being looked at.
create or replace function public.claim_payment_checks(p_limit integer, p_lease_seconds integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments;
  v_pledge public.pledges;
  v_reason text;
  v_answer jsonb := '[]'::jsonb;
begin
  for v_payment in
    select p.* from public.payments p where p.check_at <= now()
    order by p.check_at limit least(greatest(p_limit, 1), 500)
    for no key update skip locked
  loop
    select p.* into strict v_pledge from public.pledges p where p.id = v_payment.pledge_id;
    v_reason := private.reason_to_check(v_pledge, v_payment);
    update public.payments p
    set checks = p.checks + (v_reason is not null)::integer,
      check_at = case
        when v_reason is not null then now() + greatest(make_interval(secs => p_lease_seconds),
          (array['1 minute', '5 minutes', '15 minutes', '1 hour', '6 hours', '1 day']::interval[])[least(p.checks + 1, 6)])
        when p.state = 'authorized' then least(now() + interval '1 day', greatest(p.capture_before - interval '24 hours', now() + interval '5 minutes'))
        when p.waiting_until > now() then p.waiting_until
      end
    where p.id = v_payment.id;
    if v_reason is null and v_payment.checks > 7 then
      perform private.close_stuck_payment(v_payment.id);
    end if;
    if v_reason is not null then
      v_answer := v_answer || (private.pledge_view(v_payment.pledge_id, v_payment.id)
        || jsonb_build_object('paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id, 'reason', v_reason, 'checks', v_payment.checks + 1));
      if v_payment.checks >= 7 then
        perform private.report_stuck_payment(v_payment, v_reason);
      end if;
      if v_payment.checks = 7 then
        insert into private.dead_letters (source, name, subject_type, subject_id, cause, attempts, payload)
        values ('job', 'check-payment', 'payment', v_payment.id, format('Looked at eight times, and still %s: %s.', v_payment.state, v_reason), 8,
          jsonb_build_object('paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id, 'intentId', v_payment.intent_id, 'reason', v_reason));
      end if;
    end if;
  end loop;
  return v_answer;
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
  set unknown_since = coalesce(p.unknown_since, now()),
    -- Unknown already: the looks at it go on as they were, so that they end with somebody who decides.
    check_at = case when p.unknown_since is null then now() + interval '1 minute' else coalesce(p.check_at, now() + interval '1 minute') end,
    checks = case when p.unknown_since is null then 0 else p.checks end
  where p.id = p_payment and p.state not in ('failed', 'canceled');
  return private.pledge_view(v_payment.pledge_id, p_payment);
end;
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
  v_read timestamptz := (p_fact ->> 'readAt')::timestamptz;
  v_payment public.payments;
  v_refund public.refunds;
  v_from text;
  v_outcome text := 'applied';
  v_reason text;
begin
  if p_fact ->> 'refundId' is null or v_to is null or v_amount is null or v_read is null or p_fact ->> 'currency' is null or p_fact ->> 'cause' is null then
    perform private.refuse(422, 'rule_broken', 'A refund needs its id, amount, currency, status, cause and when it was read.');
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
  elsif v_refund.refund_id is not null and v_read < v_refund.read_at then
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
      insert into public.refunds (payment_id, refund_id, amount_minor, currency, status, reason, failure_reason, read_at)
      values (v_payment.id, p_fact ->> 'refundId', v_amount, v_payment.currency, v_to,
        case when p_fact ->> 'reason' in ('requested_by_customer', 'duplicate', 'fraudulent') then p_fact ->> 'reason' else 'provider' end,
        left(p_fact ->> 'failureReason', 200), v_read)
      returning * into v_refund;
    else
      update public.refunds r
      set refund_id = p_fact ->> 'refundId', status = v_to, due_at = null, read_at = v_read,
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
    update public.refunds r set read_at = v_read where r.id = v_refund.id;
  end if;
  perform private.settle_inbox(v_event, case v_outcome when 'rejected' then 'rejected' else 'processed' end::private.webhook_state,
    coalesce(v_reason, v_outcome));
  return jsonb_build_object('outcome', v_outcome, 'reason', v_reason, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id,
    'refund', case when v_refund.id is not null then private.refund_view(v_refund) end);
end;
$$;

-- The provider will not do it, and nothing of it is there: the refund ends, and its money counts as not returned.
create or replace function public.fail_refund(p_refund uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_refund public.refunds;
begin
  perform private.lock_payment((select r.payment_id from public.refunds r where r.id = p_refund));
  select r.* into strict v_refund from public.refunds r where r.id = p_refund;
  if v_refund.status = 'pending' and v_refund.refund_id is null then
    update public.refunds r set status = 'failed', failure_reason = left(p_reason, 200), due_at = null where r.id = p_refund
    returning r.* into v_refund;
    perform private.step_money_back('refund', p_refund, v_refund.payment_id, 'pending', 'failed', v_refund.amount_minor, '{"cause": "workflow"}');
    -- Money of a cancelled pledge is due all the same.
    update public.payments p set check_at = coalesce(p.check_at, now() + interval '1 minute')
    from public.pledges g where p.id = v_refund.payment_id and g.id = p.pledge_id and g.status = 'canceled';
  end if;
  return private.refund_view(v_refund);
end;
$$;

revoke all on function private.report_stuck_payment(public.payments, text) from public, anon, authenticated, service_role;
revoke all on function private.close_stuck_payment(uuid) from public, anon, authenticated, service_role;
revoke all on function private.payment_moved() from public, anon, authenticated, service_role;
