-- A refund of money that was taken too late is driven on until it is there, and looked at no longer than that.
--
-- What the system had asked for and not sent (its process died, or the provider was away) counted as on its way back, so nobody sent it
-- any more. Now only what the provider has, or what an organiser asked for and answers for, counts.

-- The same, read; p_payment null: the newest payment. Null when there is no such pledge.
create or replace function private.pledge_view(p_pledge uuid, p_payment uuid default null)
returns jsonb
language plpgsql
stable
as $$
declare
  v_pledge public.pledges;
  v_payment public.payments;
  v_campaign jsonb;
  v_donor jsonb;
  v_card private.payment_cards;
  v_returning bigint := 0;
begin
  select p.* into v_pledge from public.pledges p where p.id = p_pledge;
  if not found then
    return null;
  end if;
  select p.* into strict v_payment from public.payments p
  where p.pledge_id = p_pledge and (p_payment is null or p.id = p_payment) order by p.number desc limit 1;
  select jsonb_build_object('slug', c.slug, 'title', c.title, 'status', c.status) into v_campaign
  from public.campaigns c where c.id = v_pledge.campaign_id;
  select jsonb_build_object('name', d.name, 'email', d.email, 'message', d.message) into v_donor
  from public.pledge_donors d where d.pledge_id = p_pledge;
  select c.* into v_card from private.payment_cards c where c.payment_id = v_payment.id;
  if v_payment.captured_minor > 0 then
    select coalesce(sum(r.amount_minor), 0) into v_returning from public.refunds r
    where r.payment_id = v_payment.id and r.status in ('pending', 'requires_action', 'succeeded')
      and (r.refund_id is not null or r.requested_by is not null);
  end if;
  return private.render_pledge(v_pledge, v_payment, v_campaign, v_donor, v_card, v_returning);
end;
$$;

-- And a payment whose money is back, or on its way as the provider says, is no longer due: it used to be looked at for ever, and became a dead letter.

-- Why a sweeper should look at a payment now; null when there is no reason.
create or replace function private.reason_to_check(pledge public.pledges, payment public.payments)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when payment.state in ('captured', 'completed') and pledge.status = 'canceled'
      and payment.captured_minor > payment.disputed_minor + payment.lost_minor + (
        select coalesce(sum(r.amount_minor), 0) from public.refunds r
        where r.payment_id = payment.id and r.refund_id is not null and r.status in ('pending', 'requires_action', 'succeeded')
      ) then 'refund_due'
    when payment.unknown_since is not null then 'unknown'
    when payment.state in ('pending', 'authorized') and (pledge.status = 'canceled' or payment.cancel_reason is not null) then 'void_due'
    when payment.waiting_until <= now() then payment.waiting_for || '_expired'
    when payment.state = 'authorized' and payment.capture_before < now() + interval '24 hours' then 'hold_expiring'
    when payment.state = 'authorized' and payment.review is distinct from 'held' then 'capture_due'
    -- Declined, and nobody has ended it yet: there is nothing to wait for any more.
    when payment.state in ('pending', 'captured') and (payment.waiting_for is null or payment.decline_code is not null) then 'stuck'
  end;
$$;
