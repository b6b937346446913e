-- Refunds and disputes: what is asked for, and what the provider says became of it.

create or replace function private.refund_view(r public.refunds)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('id', r.id, 'paymentId', r.payment_id, 'pledgeId', p.pledge_id, 'campaignId', p.campaign_id,
    'intentId', p.intent_id, 'chargeId', p.charge_id, 'refundId', r.refund_id, 'amountMinor', r.amount_minor, 'currency', r.currency,
    'status', r.status, 'reason', r.reason, 'note', r.note, 'failureReason', r.failure_reason, 'needsApproval',
    r.needs_approval and r.approved_at is null, 'requestedBy', r.requested_by, 'approvedBy', r.approved_by, 'createdAt', r.created_at)
  from public.payments p where p.id = r.payment_id;
$$;

create or replace function private.dispute_view(d public.disputes)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('id', d.id, 'paymentId', d.payment_id, 'pledgeId', p.pledge_id, 'campaignId', p.campaign_id,
    'disputeId', d.dispute_id, 'amountMinor', d.amount_minor, 'currency', d.currency, 'status', d.status, 'reason', d.reason,
    'feeMinor', d.fee_minor, 'evidenceDueBy', d.evidence_due_by, 'evidence', d.evidence,
    'evidenceSubmittedAt', d.evidence_submitted_at, 'createdAt', d.created_at)
  from public.payments p where p.id = d.payment_id;
$$;

-- A step of a refund or dispute: its event, its row, the payment's sums and the ledger that follows them.
create or replace function private.step_money_back(
  p_subject text, p_id uuid, p_payment uuid, p_from text, p_to text, p_amount bigint, p_fact jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_payment public.payments;
  v_event uuid;
begin
  select p.* into strict v_payment from public.payments p where p.id = p_payment;
  v_event := private.append_outbox('pledge', v_payment.pledge_id, 'giving/' || p_subject || '.updated', jsonb_build_object(
    p_subject || 'Id', p_id, 'paymentId', p_payment, 'pledgeId', v_payment.pledge_id, 'campaignId', v_payment.campaign_id,
    'amountMinor', p_amount, 'currency', v_payment.currency, 'status', p_to, 'previousStatus', p_from), nullif(p_fact ->> 'traceparent', ''));
  insert into private.money_back_transitions (subject, subject_id, payment_id, from_status, to_status, cause, provider_event_id, event_id)
  values (p_subject, p_id, p_payment, p_from, p_to, p_fact ->> 'cause', p_fact ->> 'eventId', v_event);
  update public.payments p
  set refunded_minor = (select coalesce(sum(r.amount_minor), 0) from public.refunds r where r.payment_id = p.id and r.status = 'succeeded'),
    disputed_minor = s.disputed, lost_minor = s.lost, dispute_fee_minor = s.fee
  from (
    select coalesce(sum(d.amount_minor) filter (where d.status in ('needs_response', 'under_review')), 0) as disputed,
      coalesce(sum(d.amount_minor) filter (where d.status = 'lost'), 0) as lost, coalesce(sum(d.fee_minor), 0) as fee
    from public.disputes d where d.payment_id = p_payment
  ) s
  where p.id = p_payment
  returning p.* into v_payment;
  perform private.settle_ledger(v_payment, p_subject, v_event);
end;
$$;

-- Asks for a refund: p_amount_minor null is all that is left. The system (no actor) asks once for a reason.
create or replace function public.request_refund(
  p_actor uuid, p_payment uuid, p_amount_minor bigint, p_reason text, p_note text, p_four_eyes_above bigint
)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments := private.lock_payment(p_payment);
  v_campaign public.campaigns;
  v_refund public.refunds;
  v_left bigint;
  v_amount bigint;
begin
  if p_actor is not null then
    select c.* into strict v_campaign from public.campaigns c where c.id = v_payment.campaign_id;
    perform private.require_manager(p_actor, v_campaign);
  else
    select r.* into v_refund from public.refunds r
    where r.payment_id = p_payment and r.reason = p_reason and r.requested_by is null and r.status not in ('failed', 'canceled');
    if found then
      return private.refund_view(v_refund);
    end if;
  end if;
  if p_reason not in ('requested_by_customer', 'duplicate', 'fraudulent', 'campaign_cancelled', 'late_capture') or p_reason is null then
    perform private.refuse_field('reason', 'Say why: requested by the donor, a duplicate, fraudulent, or because the campaign was cancelled.');
  end if;
  select v_payment.captured_minor - v_payment.disputed_minor - v_payment.lost_minor - coalesce(sum(r.amount_minor), 0) into v_left
  from public.refunds r where r.payment_id = p_payment and r.status in ('pending', 'requires_action', 'succeeded');
  v_amount := coalesce(p_amount_minor, v_left);
  if v_payment.captured_minor = 0 then
    perform private.refuse_field('amountMinor', 'Nothing was captured. Money that is only held is released by cancelling the pledge.');
  end if;
  if v_left < 1 then
    perform private.refuse_field('amountMinor', 'Everything of this donation was refunded already, or is disputed.');
  end if;
  if v_amount not between 1 and v_left then
    perform private.refuse_field('amountMinor', format('At most %s in minor units can be refunded.', v_left));
  end if;
  if exists (select from private.currencies c where c.code = v_payment.currency and v_amount % c.step_minor <> 0) then
    perform private.refuse_field('amountMinor', format('Amounts in %s end in 0: cards have no third digit.', v_payment.currency));
  end if;
  insert into public.refunds (payment_id, amount_minor, currency, reason, note, requested_by, needs_approval, due_at)
  values (p_payment, v_amount, v_payment.currency, p_reason, nullif(left(btrim(p_note), 1000), ''), p_actor,
    p_actor is not null and v_amount > p_four_eyes_above,
    case when p_actor is null or v_amount > p_four_eyes_above is not true then now() end)
  returning * into v_refund;
  perform private.step_money_back('refund', v_refund.id, p_payment, null, 'pending', v_amount,
    jsonb_build_object('cause', case when p_actor is null then 'workflow' else 'operator' end));
  return private.refund_view(v_refund);
end;
$$;

-- The second pair of eyes: lets a refund be sent, or ends it. Never the one who asked.
create or replace function public.decide_refund(p_actor uuid, p_refund uuid, p_approved boolean)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_refund public.refunds;
  v_campaign public.campaigns;
begin
  perform private.lock_payment((select r.payment_id from public.refunds r where r.id = p_refund));
  select r.* into strict v_refund from public.refunds r where r.id = p_refund;
  select c.* into strict v_campaign from public.campaigns c
  join public.payments p on p.campaign_id = c.id where p.id = v_refund.payment_id;
  perform private.require_manager(p_actor, v_campaign);
  if not v_refund.needs_approval or v_refund.approved_at is not null or v_refund.status <> 'pending' then
    perform private.refuse(409, 'conflict', 'This refund does not wait for anybody. Load the page again.');
  end if;
  if p_approved and v_refund.requested_by = p_actor then
    perform private.refuse(403, 'forbidden', 'A refund of this size is approved by somebody else than who asked for it.');
  end if;
  if p_approved then
    update public.refunds r set approved_by = p_actor, approved_at = now(), due_at = now() where r.id = p_refund
    returning r.* into v_refund;
  else
    update public.refunds r set status = 'canceled' where r.id = p_refund returning r.* into v_refund;
    perform private.step_money_back('refund', p_refund, v_refund.payment_id, 'pending', 'canceled', v_refund.amount_minor, '{"cause": "operator"}');
  end if;
  return private.refund_view(v_refund);
end;
$$;

-- Refunds that may be sent and have not been: leased, so that two workers do not send one together.
create or replace function public.claim_due_refunds(p_limit integer, p_lease_seconds integer)
returns jsonb
language sql
security definer
set search_path = ''
set enable_seqscan = off
as $$
  with due as (
    select r.id from public.refunds r
    where r.due_at <= now() and r.status = 'pending' and r.refund_id is null
    order by r.due_at limit least(greatest(p_limit, 1), 500)
    for update skip locked
  ), leased as (
    update public.refunds r set due_at = now() + make_interval(secs => least(greatest(p_lease_seconds, 1), 3600))
    from due where r.id = due.id returning r.*
  )
  select coalesce(jsonb_agg(private.refund_view(l::public.refunds)), '[]'::jsonb) from leased l;
$$;

-- What the provider says of a refund, read anew. One made in its dashboard gets its row here.
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
    update public.payments p set check_at = now() + interval '1 minute', checks = 0
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

revoke all on function private.refund_view(public.refunds) from public, anon, authenticated, service_role;
revoke all on function private.dispute_view(public.disputes) from public, anon, authenticated, service_role;
revoke all on function private.step_money_back(text, uuid, uuid, text, text, bigint, jsonb) from public, anon, authenticated, service_role;
revoke all on function public.request_refund(uuid, uuid, bigint, text, text, bigint) from public, anon, authenticated;
revoke all on function public.decide_refund(uuid, uuid, boolean) from public, anon, authenticated;
revoke all on function public.claim_due_refunds(integer, integer) from public, anon, authenticated;
revoke all on function public.record_refund(jsonb) from public, anon, authenticated;
grant execute on function public.request_refund(uuid, uuid, bigint, text, text, bigint) to service_role;
grant execute on function public.decide_refund(uuid, uuid, boolean) to service_role;
grant execute on function public.claim_due_refunds(integer, integer) to service_role;
grant execute on function public.record_refund(jsonb) to service_role;
