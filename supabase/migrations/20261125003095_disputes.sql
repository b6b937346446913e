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
  v_read timestamptz := (p_fact ->> 'readAt')::timestamptz;
  v_fee bigint := (p_fact ->> 'feeMinor')::bigint;
  v_payment public.payments;
  v_old public.disputes;
  v_dispute public.disputes;
  v_outcome text := 'applied';
  v_reason text;
begin
  if p_fact ->> 'disputeId' is null or v_to is null or v_amount is null or v_read is null or p_fact ->> 'currency' is null or p_fact ->> 'cause' is null then
    perform private.refuse(422, 'rule_broken', 'A dispute needs its id, amount, currency, status, cause and when it was read.');
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
  elsif v_read < v_old.read_at then
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
    insert into public.disputes as d (payment_id, dispute_id, amount_minor, currency, status, reason, fee_minor, evidence_due_by, read_at)
    values (v_payment.id, p_fact ->> 'disputeId', v_amount, v_payment.currency, v_to, left(p_fact ->> 'reason', 100),
      coalesce(v_fee, 0), (p_fact ->> 'evidenceDueBy')::timestamptz, v_read)
    on conflict (dispute_id) do update
      set amount_minor = excluded.amount_minor, status = excluded.status, reason = coalesce(excluded.reason, d.reason),
        fee_minor = coalesce(v_fee, d.fee_minor), evidence_due_by = coalesce(excluded.evidence_due_by, d.evidence_due_by), read_at = excluded.read_at
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

revoke all on function public.record_dispute(jsonb) from public, anon, authenticated;
grant execute on function public.record_dispute(jsonb) to service_role;
