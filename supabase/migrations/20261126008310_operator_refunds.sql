-- Refunds that people ask for: once for a key, never lost on the way to the provider, and with an end when the provider says no.

-- The key under which it was asked for (private.idempotency_keys, whose rows stay): one key, one refund.
alter table public.refunds add column idempotency_id uuid unique;

-- What is left of a payment to give back: neither returned, nor on its way, nor in the hands of the donor's bank.
create or replace function private.refund_left(payment public.payments)
returns bigint
language sql
stable
set search_path = ''
as $$
  select (payment).captured_minor - (payment).disputed_minor - (payment).lost_minor - coalesce(sum(r.amount_minor), 0)::bigint
  from public.refunds r where r.payment_id = (payment).id and r.status in ('pending', 'requires_action', 'succeeded');
$$;

-- Asks for a refund in somebody's name, once for the key that is held. `created`: false when an earlier try with it did.
create or replace function public.ask_refund(
  p_lease uuid, p_fence bigint, p_actor uuid, p_payment uuid, p_amount_minor bigint, p_reason text, p_note text, p_four_eyes_above bigint
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_refund public.refunds;
  v_asked jsonb;
begin
  perform private.hold_idempotency(p_lease, p_fence);
  -- Nobody is the system, which asks for what nobody else may.
  if p_actor is null then
    perform private.refuse(403, 'forbidden', 'A refund is asked for by somebody.');
  end if;
  select r.* into v_refund from public.refunds r where r.idempotency_id = p_lease;
  if found then
    return private.refund_view(v_refund) || '{"created": false}'::jsonb;
  end if;
  v_asked := public.request_refund(p_actor, p_payment, p_amount_minor, p_reason, p_note, p_four_eyes_above);
  update public.refunds r set idempotency_id = p_lease where r.id = (v_asked ->> 'id')::uuid;
  return v_asked || '{"created": true}'::jsonb;
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
    update public.payments p set check_at = now() + interval '1 minute', checks = 0
    from public.pledges g where p.id = v_refund.payment_id and g.id = p.pledge_id and g.status = 'canceled';
  end if;
  return private.refund_view(v_refund);
end;
$$;

-- What whoever runs the campaign can still give back of a pledge, and who asked for and approved what was.
create or replace function public.admin_refund_desk(p_actor uuid, p_pledge uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
begin
  select c.* into v_campaign from public.pledges p join public.campaigns c on c.id = p.campaign_id where p.id = p_pledge;
  if v_campaign.id is null or not private.runs_campaign(p_actor, v_campaign) then
    perform private.refuse(404, 'not_found', 'There is no such pledge.');
  end if;
  return jsonb_build_object(
    'payments', (select coalesce(jsonb_agg(jsonb_build_object('id', y.id, 'leftMinor', private.refund_left(y), 'currency', y.currency,
        'cardBrand', y.card_brand, 'cardLast4', y.card_last4) order by y.number), '[]'::jsonb)
      from public.payments y where y.pledge_id = p_pledge and y.captured_minor > 0),
    'refunds', (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'mine', r.requested_by is not distinct from p_actor,
        'askedBy', (select f.display_name from public.profiles f where f.id = r.requested_by),
        'approvedBy', (select f.display_name from public.profiles f where f.id = r.approved_by)) order by r.created_at), '[]'::jsonb)
      from public.refunds r join public.payments y on y.id = r.payment_id where y.pledge_id = p_pledge));
end;
$$;

-- Gifts to cancelled campaigns that are not at their end: a promise or a hold is to be let go (`cancel`), money that was taken goes back
-- (`refund`), once by itself: of what the provider then refused people decide. Of one campaign, or of all cancelled within 30 days.
create or replace function public.list_gifts_to_end(p_campaign uuid, p_limit integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('pledgeId', d.pledge_id, 'paymentId', d.payment_id, 'due', d.due)), '[]'::jsonb)
  from (
    select p.id as pledge_id, y.id as payment_id, case p.status when 'pending' then 'cancel' else 'refund' end as due
    from public.campaigns c
    join public.pledges p on p.campaign_id = c.id
    join public.payments y on y.pledge_id = p.id
    where c.status = 'cancelled' and (c.id = p_campaign or (p_campaign is null and c.closed_at > now() - interval '30 days'))
      and ((p.status = 'pending' and y.state in ('pending', 'authorized'))
        or (p.status in ('captured', 'completed') and y.captured_minor > 0 and private.refund_left(y) > 0
          and not exists (select from public.refunds r where r.payment_id = y.id and r.reason = 'campaign_cancelled' and r.requested_by is null)))
    order by p.id limit least(greatest(p_limit, 1), 500)
  ) d;
$$;

revoke all on function private.refund_left(public.payments) from public, anon, authenticated, service_role;
revoke all on function public.ask_refund(uuid, bigint, uuid, uuid, bigint, text, text, bigint) from public, anon, authenticated;
revoke all on function public.fail_refund(uuid, text) from public, anon, authenticated;
revoke all on function public.admin_refund_desk(uuid, uuid) from public, anon, authenticated;
revoke all on function public.list_gifts_to_end(uuid, integer) from public, anon, authenticated;
grant execute on function public.ask_refund(uuid, bigint, uuid, uuid, bigint, text, text, bigint) to service_role;
grant execute on function public.fail_refund(uuid, text) to service_role;
grant execute on function public.admin_refund_desk(uuid, uuid) to service_role;
grant execute on function public.list_gifts_to_end(uuid, integer) to service_role;
