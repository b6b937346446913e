-- What the provider keeps of a charge is told by its balance alone, so a night's comparison books a fee for nearly each payment of
-- the day: a page of them is one call.

-- Books the provider's fee of payments whose money was taken, where it is not what we have. Answers how many it booked.
create or replace function public.book_provider_fees(p_fees jsonb)
returns integer
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_fee record;
  v_payment public.payments;
  v_booked integer := 0;
begin
  -- In one order, so that two runs at once wait for one another and never in a ring.
  for v_fee in
    select x."paymentId" as payment_id, x."feeMinor" as fee_minor
    from jsonb_to_recordset(p_fees) x ("paymentId" uuid, "feeMinor" bigint)
    order by x."paymentId"
  loop
    v_payment := private.lock_payment(v_fee.payment_id);
    continue when v_payment.captured_minor = 0 or v_payment.fee_minor = v_fee.fee_minor;
    update public.payments p set fee_minor = v_fee.fee_minor where p.id = v_payment.id returning p.* into v_payment;
    -- It moves no total, so no event goes with it.
    perform private.settle_ledger(v_payment, 'fee', null);
    v_booked := v_booked + 1;
  end loop;
  return v_booked;
end;
$$;

revoke all on function public.book_provider_fees(jsonb) from public, anon, authenticated;
grant execute on function public.book_provider_fees(jsonb) to service_role;
