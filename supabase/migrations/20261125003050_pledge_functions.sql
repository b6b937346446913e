-- Making pledges and what surrounds their payments. Whoever changes a payment locks its pledge first.
--
-- The faces of giving keep their plans for as long as their connection lives, and a plan that was made while a table was
-- empty reads all of it ever after. Few rows by an index is right at any length: hence `enable_seqscan = off` with each. What
-- runs often is in plpgsql: a function in SQL is planned anew in each statement that calls it. And the inner functions run with the
-- empty search path of the face that calls them, with the caller's rights and every name qualified: setting it
-- again for each of a dozen calls took a quarter of a pledge's time.

-- What people are told about a pledge; derived, never stored.
create or replace function private.shown_state(pledge public.pledges, payment public.payments)
returns text
language plpgsql
immutable
as $$
begin
  return case
    when payment.disputed_minor > 0 then 'disputed'
    when payment.lost_minor > 0 then 'charged_back'
    when payment.captured_minor > 0 and payment.refunded_minor >= payment.captured_minor then 'refunded'
    when payment.refunded_minor > 0 then 'partly_refunded'
    when pledge.status = 'pending' and payment.state = 'authorized' then 'authorized'
    else pledge.status::text
  end;
end;
$$;

-- A pledge and one of its payments as the server's code reads them. p_returning: what refunds are asked for or done.
create or replace function private.render_pledge(
  pledge public.pledges, payment public.payments, campaign jsonb, donor jsonb, card private.payment_cards, returning_minor bigint
)
returns jsonb
language plpgsql
immutable
as $$
begin
  return jsonb_build_object(
    'pledge', jsonb_build_object(
      'id', pledge.id, 'campaignId', pledge.campaign_id, 'campaignSlug', campaign -> 'slug', 'campaignTitle', campaign -> 'title',
      'campaignStatus', campaign -> 'status', 'userId', pledge.user_id, 'status', pledge.status,
      'shown', private.shown_state(pledge, payment), 'giftMinor', pledge.gift_minor, 'coverMinor', pledge.cover_minor,
      'totalMinor', pledge.gift_minor + pledge.cover_minor, 'currency', pledge.currency, 'anonymous', pledge.anonymous,
      'cancelReason', pledge.cancel_reason, 'donor', donor, 'createdAt', pledge.created_at, 'updatedAt', pledge.updated_at),
    'payment', jsonb_build_object(
      'id', payment.id, 'number', payment.number, 'state', payment.state, 'totalMinor', payment.gift_minor + payment.cover_minor,
      'authorizedMinor', payment.authorized_minor, 'capturedMinor', payment.captured_minor, 'refundedMinor', payment.refunded_minor,
      'disputedMinor', payment.disputed_minor, 'lostMinor', payment.lost_minor, 'currency', payment.currency,
      'intentId', payment.intent_id, 'chargeId', payment.charge_id, 'captureBefore', payment.capture_before,
      'declineCode', payment.decline_code, 'declineMessage', payment.decline_message, 'cancelReason', payment.cancel_reason,
      'unknownSince', payment.unknown_since, 'waitingFor', payment.waiting_for, 'waitingUntil', payment.waiting_until,
      'review', payment.review, 'reviewReasons', payment.review_reasons)
    || jsonb_build_object(
      'card', case when payment.card_brand is not null or card.fingerprint is not null then jsonb_build_object(
        'brand', payment.card_brand, 'last4', payment.card_last4, 'fingerprint', card.fingerprint, 'country', card.country) end,
      'risk', case when card.risk_level is not null then jsonb_build_object('level', card.risk_level, 'score', card.risk_score) end,
      'voidDue', payment.state in ('pending', 'authorized') and (pledge.status = 'canceled' or payment.cancel_reason is not null),
      'refundDue', payment.state in ('captured', 'completed') and pledge.status = 'canceled'
        and payment.captured_minor > returning_minor + payment.disputed_minor + payment.lost_minor,
      'createdAt', payment.created_at, 'updatedAt', payment.updated_at));
end;
$$;

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
    where r.payment_id = v_payment.id and r.status in ('pending', 'requires_action', 'succeeded');
  end if;
  return private.render_pledge(v_pledge, v_payment, v_campaign, v_donor, v_card, v_returning);
end;
$$;

-- The campaign, when it takes gifts in this currency now. 404 for drafts: they are not the donor's to know of.
create or replace function private.open_campaign(p_campaign uuid, p_currency text)
returns jsonb
language plpgsql
stable
as $$
declare
  v record;
begin
  select c.slug, c.title, c.status, c.currency, c.ends_at into v from public.campaigns c where c.id = p_campaign;
  if not found or v.status = 'draft' then
    perform private.refuse(404, 'not_found', 'There is no such campaign.');
  end if;
  if v.status <> 'active' then
    perform private.refuse_field('campaignId', case v.status
      when 'paused' then 'This campaign is paused and takes no gifts at the moment.' else 'This campaign has ended and takes no more gifts.' end);
  end if;
  if v.ends_at <= now() then
    perform private.refuse_field('campaignId', 'This campaign has ended and takes no more gifts.');
  end if;
  if p_currency is distinct from v.currency then
    perform private.refuse_field('currency', format('This campaign takes gifts in %s.', v.currency));
  end if;
  return jsonb_build_object('slug', v.slug, 'title', v.title, 'status', v.status);
end;
$$;

-- The rules for a pledge, writing nothing.
create or replace function public.check_pledge(p_campaign uuid, p_amount_minor bigint, p_currency text, p_cover_fees boolean)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_campaign jsonb := private.open_campaign(p_campaign, p_currency);
  v_cover bigint;
begin
  select private.check_amount(p_amount_minor, c, p_cover_fees) into v_cover from private.currencies c where c.code = p_currency;
  return jsonb_build_object('giftMinor', p_amount_minor, 'coverMinor', v_cover, 'totalMinor', p_amount_minor + v_cover,
    'currency', p_currency, 'campaignTitle', v_campaign -> 'title', 'slug', v_campaign -> 'slug');
end;
$$;

-- What the events of a pledge and its payments carry: ids and amounts, nobody's name.
create or replace function private.pledge_event(pledge public.pledges, payment_id uuid, further jsonb default '{}'::jsonb)
returns jsonb
language plpgsql
immutable
as $$
begin
  return jsonb_build_object('pledgeId', pledge.id, 'paymentId', $2, 'campaignId', pledge.campaign_id, 'userId', pledge.user_id,
    'status', pledge.status, 'giftMinor', pledge.gift_minor, 'coverMinor', pledge.cover_minor,
    'totalMinor', pledge.gift_minor + pledge.cover_minor, 'currency', pledge.currency, 'anonymous', pledge.anonymous) || further;
end;
$$;

-- Makes a pledge with its first payment. Only the holder of the idempotency key may, and one key makes one: who comes
-- again with it, after a death, gets what stands.
create or replace function public.make_pledge(p_lease uuid, p_fence bigint, p_pledge jsonb, p_traceparent text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_pledge public.pledges;
  v_payment public.payments;
  v_donor jsonb := p_pledge -> 'donor';
  v_email text := btrim(v_donor ->> 'email');
  v_name text := nullif(btrim(v_donor ->> 'name'), '');
  v_message text := nullif(btrim(v_donor ->> 'message'), '');
  v_campaign jsonb;
begin
  perform private.hold_idempotency(p_lease, p_fence);
  select p.* into v_pledge from public.pledges p where p.idempotency_id = p_lease;
  if found then
    return private.pledge_view(v_pledge.id) || '{"created": false}'::jsonb;
  end if;
  v_pledge.campaign_id := (p_pledge ->> 'campaignId')::uuid;
  v_pledge.currency := p_pledge ->> 'currency';
  v_pledge.gift_minor := (p_pledge ->> 'amountMinor')::bigint;
  v_campaign := private.open_campaign(v_pledge.campaign_id, v_pledge.currency);
  select private.check_amount(v_pledge.gift_minor, c, (p_pledge ->> 'coverFees')::boolean) into v_pledge.cover_minor
  from private.currencies c where c.code = v_pledge.currency;
  if v_email is null or char_length(v_email) not between 3 and 254 or v_email !~ '^[^@\s]+@[^@\s]+$' then
    perform private.refuse_field('donor.email', 'This is not an e-mail address.');
  end if;
  if char_length(v_name) > 120 then
    perform private.refuse_field('donor.name', 'A name has at most 120 characters.');
  end if;
  if char_length(v_message) > 1000 then
    perform private.refuse_field('donor.message', 'A message has at most 1,000 characters.');
  end if;
  v_pledge.id := gen_random_uuid();
  v_payment.id := gen_random_uuid();
  v_pledge.user_id := (p_pledge ->> 'userId')::uuid;
  v_pledge.anonymous := coalesce((v_donor ->> 'anonymous')::boolean, false);
  v_pledge.status := 'pending';
  v_pledge.event_id := private.append_outbox('pledge', v_pledge.id, 'giving/pledge.created',
    private.pledge_event(v_pledge, v_payment.id), nullif(p_traceparent, ''));
  insert into public.pledges (id, campaign_id, user_id, gift_minor, cover_minor, currency, anonymous, idempotency_id, event_id)
  values (v_pledge.id, v_pledge.campaign_id, v_pledge.user_id, v_pledge.gift_minor, v_pledge.cover_minor, v_pledge.currency,
    v_pledge.anonymous, p_lease, v_pledge.event_id)
  returning * into v_pledge;
  insert into public.pledge_donors (pledge_id, user_id, name, email, email_hash, message)
  values (v_pledge.id, v_pledge.user_id, v_name, v_email, private.email_hash(v_email), v_message);
  -- The first look of a sweeper is for a process that died: whoever works holds the key for half a minute at a time.
  insert into public.payments (id, pledge_id, campaign_id, number, gift_minor, cover_minor, currency, check_at)
  values (v_payment.id, v_pledge.id, v_pledge.campaign_id, 1, v_pledge.gift_minor, v_pledge.cover_minor, v_pledge.currency,
    now() + interval '10 minutes')
  returning * into v_payment;
  return private.render_pledge(v_pledge, v_payment, v_campaign,
    jsonb_build_object('name', v_name, 'email', v_email, 'message', v_message), null, 0) || '{"created": true}'::jsonb;
end;
$$;

-- Writes a pledge's step with the event that told of it.
create or replace function private.step_pledge(p_pledge uuid, p_to public.pledge_status, p_cause text, p_event uuid)
returns void
language plpgsql
as $$
begin
  insert into private.pledge_transitions (pledge_id, seq, from_status, to_status, cause, event_id)
  select p.id, 1 + (select count(*) from private.pledge_transitions t where t.pledge_id = p.id), p.status, p_to, p_cause, p_event
  from public.pledges p where p.id = p_pledge;
  update public.pledges p set status = p_to, cancel_reason = case when p_to = 'canceled' then p_cause end where p.id = p_pledge;
end;
$$;

-- Another card for a pledge whose last payment came to nothing.
create or replace function public.add_payment(p_lease uuid, p_fence bigint, p_pledge uuid, p_traceparent text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_pledge public.pledges;
  v_last public.payments;
  v_id uuid;
  v_event uuid;
begin
  perform private.hold_idempotency(p_lease, p_fence);
  select p.id into v_id from public.payments p where p.idempotency_id = p_lease and p.pledge_id = p_pledge;
  if found then
    return private.pledge_view(p_pledge, v_id) || '{"created": false}'::jsonb;
  end if;
  select p.* into v_pledge from public.pledges p where p.id = p_pledge for update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such pledge.');
  end if;
  select p.* into strict v_last from public.payments p where p.pledge_id = p_pledge order by p.number desc limit 1;
  if v_last.state not in ('failed', 'canceled') then
    perform private.refuse(409, 'conflict', case when v_last.state in ('captured', 'completed')
      then 'This donation was already processed.' else 'The last payment for this pledge is still open. Wait until it has ended.' end);
  end if;
  perform private.open_campaign(v_pledge.campaign_id, v_pledge.currency);
  v_id := gen_random_uuid();
  insert into public.payments (id, pledge_id, campaign_id, number, gift_minor, cover_minor, currency, idempotency_id, check_at)
  values (v_id, p_pledge, v_pledge.campaign_id, v_last.number + 1, v_pledge.gift_minor, v_pledge.cover_minor, v_pledge.currency,
    p_lease, now() + interval '10 minutes');
  -- Cancelled by us, and the void of the old payment came through: it is open again as well.
  v_event := private.append_outbox('pledge', p_pledge, 'giving/pledge.reopened',
    private.pledge_event(v_pledge, v_id, jsonb_build_object('status', 'pending', 'number', v_last.number + 1)), nullif(p_traceparent, ''));
  perform private.step_pledge(p_pledge, 'pending', 'another_payment', v_event);
  return private.pledge_view(p_pledge, v_id) || '{"created": true}'::jsonb;
end;
$$;

create or replace function public.read_pledge(p_pledge uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$ select private.pledge_view(p_pledge); $$;

-- By our id, the intent's or the charge's; null when none of them is known.
create or replace function public.find_payment(p_payment uuid, p_intent text, p_charge text)
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
  select private.pledge_view(f.pledge_id, f.id)
  from (
    select p.pledge_id, p.id, 1 as rank from public.payments p where p.id = p_payment
    union all select p.pledge_id, p.id, 2 from public.payments p where p.intent_id = p_intent
    union all select p.pledge_id, p.id, 3 from public.payments p where p.charge_id = p_charge
    order by rank limit 1
  ) f;
$$;

revoke all on function private.shown_state(public.pledges, public.payments) from public, anon, authenticated, service_role;
revoke all on function private.render_pledge(public.pledges, public.payments, jsonb, jsonb, private.payment_cards, bigint) from public, anon, authenticated, service_role;
revoke all on function private.pledge_view(uuid, uuid) from public, anon, authenticated, service_role;
revoke all on function private.open_campaign(uuid, text) from public, anon, authenticated, service_role;
revoke all on function private.pledge_event(public.pledges, uuid, jsonb) from public, anon, authenticated, service_role;
revoke all on function private.step_pledge(uuid, public.pledge_status, text, uuid) from public, anon, authenticated, service_role;
revoke all on function public.check_pledge(uuid, bigint, text, boolean) from public, anon, authenticated;
revoke all on function public.make_pledge(uuid, bigint, jsonb, text) from public, anon, authenticated;
revoke all on function public.add_payment(uuid, bigint, uuid, text) from public, anon, authenticated;
revoke all on function public.read_pledge(uuid) from public, anon, authenticated;
revoke all on function public.find_payment(uuid, text, text) from public, anon, authenticated;
grant execute on function public.check_pledge(uuid, bigint, text, boolean) to service_role;
grant execute on function public.make_pledge(uuid, bigint, jsonb, text) to service_role;
grant execute on function public.add_payment(uuid, bigint, uuid, text) to service_role;
grant execute on function public.read_pledge(uuid) to service_role;
grant execute on function public.find_payment(uuid, text, text) to service_role;
