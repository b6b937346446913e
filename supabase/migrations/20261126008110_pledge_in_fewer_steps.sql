-- A pledge for four fifths of the time. What it cost was hardly its rows: each expression and each statement of a function is made ready anew in
-- each transaction, and a constraint is read from its text for each row (docs/giving.md, "What it costs").

-- What rows must say of their amounts is asked by the guards, whose plans are kept, and no longer by constraints beside them. As
-- before, a row that is not so is refused with 23514, whoever writes it.
create or replace function private.guard_pledge()
returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'pending' or new.gift_minor <= 0 or new.cover_minor < 0 then
      raise exception using errcode = '23514', message = 'A pledge begins as pending, with a gift above zero and a cover of zero or more.';
    end if;
    return new;
  end if;
  if new.status <> old.status and not exists (
    select from private.pledge_transitions t
    where t.pledge_id = new.id and t.from_status = old.status and t.to_status = new.status
      and t.seq = (select max(l.seq) from private.pledge_transitions l where l.pledge_id = new.id)
  ) then
    raise exception using errcode = '23514', message = format('There is no transition from %s to %s of this pledge.', old.status, new.status);
  end if;
  if (new.id, new.campaign_id, new.gift_minor, new.cover_minor, new.currency, new.idempotency_id, new.event_id)
      is distinct from (old.id, old.campaign_id, old.gift_minor, old.cover_minor, old.currency, old.idempotency_id, old.event_id)
  then
    raise exception using errcode = '23514', message = 'What was pledged does not change.';
  end if;
  new.updated_at := now();
  return new;
end;
$$;

create or replace function private.guard_payment()
returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'pending' or new.gift_minor <= 0 or new.cover_minor < 0
      or (new.authorized_minor | new.captured_minor | new.refunded_minor | new.disputed_minor | new.lost_minor) <> 0 then
      raise exception using errcode = '23514', message = 'A payment begins as pending, with a gift above zero, a cover of zero or more and nothing taken.';
    end if;
    return new;
  end if;
  if (new.intent_id is distinct from old.intent_id and new.intent_id !~ '^pi_[A-Za-z0-9_]+$')
    or (new.charge_id is distinct from old.charge_id and new.charge_id !~ '^(ch|py)_[A-Za-z0-9_]+$')
    or new.waiting_for not in ('challenge', 'provider') or (new.waiting_for is null) <> (new.waiting_until is null) then
    raise exception using errcode = '23514', message = 'An intent, a charge or what a payment waits for has not the form that it must have.';
  end if;
  if new.captured_minor not between 0 and new.authorized_minor or new.authorized_minor > new.gift_minor + new.cover_minor
    or least(new.refunded_minor, new.disputed_minor, new.lost_minor) < 0
    or (new.state in ('captured', 'completed')) <> (new.captured_minor > 0) then
    raise exception using errcode = '23514', message = 'The amounts of a payment do not go with each other or with its state.';
  end if;
  if new.state <> old.state and not exists (
    select from private.payment_transitions t
    where t.payment_id = new.id and t.from_state = old.state and t.to_state = new.state
  ) then
    raise exception using errcode = '23514', message = format('There is no transition from %s to %s of this payment.', old.state, new.state);
  end if;
  if (new.id, new.pledge_id, new.campaign_id, new.number, new.gift_minor, new.cover_minor, new.currency)
      is distinct from (old.id, old.pledge_id, old.campaign_id, old.number, old.gift_minor, old.cover_minor, old.currency)
    or (old.intent_id is not null and new.intent_id is distinct from old.intent_id)
    or (old.captured_minor <> 0 and new.captured_minor <> old.captured_minor)
  then
    raise exception using errcode = '23514', message = 'What a payment is for, its intent and what was captured do not change.';
  end if;
  new.updated_at := now();
  return new;
end;
$$;

drop trigger pledges_begin on public.pledges;
drop trigger pledges_guard on public.pledges;
create trigger pledges_guard before insert or update on public.pledges for each row execute function private.guard_pledge();
alter table public.pledges drop constraint pledges_check;
drop trigger payments_begin on public.payments;
drop trigger payments_guard on public.payments;
create trigger payments_guard before insert or update on public.payments for each row execute function private.guard_payment();
alter table public.payments drop constraint payments_check;

alter table private.outbox
  drop constraint outbox_aggregate_type_check,
  drop constraint outbox_name_check,
  add constraint outbox_form check (aggregate_type <> '' and name ~ '^[a-z]+/[a-z][a-z._-]*$');

-- In SQL, a single expression of its arguments: it becomes part of the expression that calls it, and costs no call.
create or replace function private.cover_for(gift_minor bigint, currency private.currencies)
returns bigint
language sql
immutable
as $$
  select ((($1 + currency.fee_fixed_minor) * 10000 + (10000 - currency.fee_basis_points) * currency.step_minor - 1)
    / ((10000 - currency.fee_basis_points) * currency.step_minor)) * currency.step_minor - $1;
$$;

-- Whose try it was is known from the beginning, whoever tells first that it went well: our own answer or a webhook.
alter table private.payment_cards add column ip_hash text;

-- Refuses a pledge that is not fine, with the first reason there is. Only for those: who asks knows already that it is not.
create or replace function private.refuse_pledge(p_pledge jsonb)
returns void
language plpgsql
as $$
declare
  v_currency text := p_pledge ->> 'currency';
  v_email text := btrim(p_pledge -> 'donor' ->> 'email');
begin
  perform private.open_campaign((p_pledge ->> 'campaignId')::uuid, v_currency);
  perform private.check_amount((p_pledge ->> 'amountMinor')::bigint, c, (p_pledge ->> 'coverFees')::boolean)
  from private.currencies c where c.code = v_currency;
  if v_email is null or char_length(v_email) not between 3 and 254 or v_email !~ '^[^@\s]+@[^@\s]+$' then
    perform private.refuse_field('donor.email', 'This is not an e-mail address.');
  end if;
  if char_length(btrim(p_pledge -> 'donor' ->> 'name')) > 120 then
    perform private.refuse_field('donor.name', 'A name has at most 120 characters.');
  end if;
  if char_length(btrim(p_pledge -> 'donor' ->> 'message')) > 1000 then
    perform private.refuse_field('donor.message', 'A message has at most 1,000 characters.');
  end if;
  perform private.refuse(422, 'rule_broken', 'A pledge needs its campaign, amount, currency, whether fees are covered, and its donor.');
end;
$$;

-- Makes a pledge with its first payment. Only the holder of the idempotency key may, and one key makes one: who comes again with it,
-- after a death, gets what stands. One statement reads and judges, one writes.
create or replace function public.make_pledge(p_lease uuid, p_fence bigint, p_pledge jsonb, p_traceparent text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v record;
  v_donor jsonb := p_pledge -> 'donor';
  v_id uuid := gen_random_uuid();
  v_payment uuid := gen_random_uuid();
  v_event uuid := gen_random_uuid();
  v_ip text := p_pledge ->> 'ipHash';
begin
  -- What private.hold_idempotency does, and with the lock in hand all that judges the request.
  select g.*, c.id as campaign_id, c.slug, c.title, c.status,
    c.status = 'active' and (c.ends_at > now()) is not false and c.currency = g.currency
      and g.gift >= u.minimum_minor and g.gift + g.cover <= u.maximum_minor and g.gift % u.step_minor = 0
      and char_length(g.email) between 3 and 254 and g.email ~ '^[^@\s]+@[^@\s]+$'
      and (char_length(g.name) > 120) is not true and (char_length(g.message) > 1000) is not true as fine
  into v
  from private.idempotency_keys k
  left join public.campaigns c on c.id = (p_pledge ->> 'campaignId')::uuid
  left join private.currencies u on u.code = p_pledge ->> 'currency'
  cross join lateral (
    select a.gift, p_pledge ->> 'currency' as currency, (p_pledge ->> 'userId')::uuid as user_id,
      -- Computed of no more than can be charged: an amount beyond that could overflow.
      case when a.gift between 1 and u.maximum_minor and (p_pledge ->> 'coverFees')::boolean then private.cover_for(a.gift, u) else 0 end as cover,
      coalesce((v_donor ->> 'anonymous')::boolean, false) as anonymous, btrim(v_donor ->> 'email') as email,
      nullif(btrim(v_donor ->> 'name'), '') as name, nullif(btrim(v_donor ->> 'message'), '') as message
    from (select (p_pledge ->> 'amountMinor')::bigint as gift) a
    offset 0
  ) g
  where k.id = p_lease and k.fence = p_fence and k.state = 'running'
  for update of k;
  if not found then
    perform private.hold_idempotency(p_lease, p_fence);
  end if;
  if v.fine then
    -- The event without private.append_outbox: its lock is for those who append to one lane together, and of this one nobody else knows yet.
    with pledge as (
      insert into public.pledges (id, campaign_id, user_id, gift_minor, cover_minor, currency, anonymous, idempotency_id, event_id)
      select v_id, v.campaign_id, v.user_id, v.gift, v.cover, v.currency, v.anonymous, p_lease, v_event
      where not exists (select from public.pledges p where p.idempotency_id = p_lease)
      returning id
    ), donor as (
      insert into public.pledge_donors (pledge_id, user_id, name, email, email_hash, message)
      select v_id, v.user_id, v.name, v.email, private.email_hash(v.email), v.message from pledge
    ), payment as (
      -- The first look of a sweeper is for a process that died: whoever works holds the key for half a minute at a time.
      insert into public.payments (id, pledge_id, campaign_id, number, gift_minor, cover_minor, currency, check_at)
      select v_payment, v_id, v.campaign_id, 1, v.gift, v.cover, v.currency, now() + interval '10 minutes' from pledge
    ), origin as (
      insert into private.payment_cards (payment_id, ip_hash) select v_payment, v_ip from pledge where v_ip is not null
    )
    insert into private.outbox (id, aggregate_type, aggregate_id, name, data, traceparent)
    select v_event, 'pledge', v_id, 'giving/pledge.created',
      jsonb_build_object('pledgeId', v_id, 'paymentId', v_payment, 'campaignId', v.campaign_id, 'userId', v.user_id, 'status', 'pending',
        'giftMinor', v.gift, 'coverMinor', v.cover, 'totalMinor', v.gift + v.cover, 'currency', v.currency, 'anonymous', v.anonymous),
      nullif(p_traceparent, '')
    from pledge;
    if found then
      -- As private.render_pledge says it of such a pledge; a test compares the two.
      return jsonb_build_object(
        'created', true,
        'pledge', jsonb_build_object(
          'id', v_id, 'campaignId', v.campaign_id, 'campaignSlug', v.slug, 'campaignTitle', v.title, 'campaignStatus', v.status,
          'userId', v.user_id, 'status', 'pending', 'shown', 'pending', 'giftMinor', v.gift, 'coverMinor', v.cover,
          'totalMinor', v.gift + v.cover, 'currency', v.currency, 'anonymous', v.anonymous, 'cancelReason', null,
          'donor', jsonb_build_object('name', v.name, 'email', v.email, 'message', v.message), 'createdAt', now(), 'updatedAt', now()),
        'payment', jsonb_build_object(
          'id', v_payment, 'number', 1, 'state', 'pending', 'totalMinor', v.gift + v.cover, 'authorizedMinor', 0, 'capturedMinor', 0,
          'refundedMinor', 0, 'disputedMinor', 0, 'lostMinor', 0, 'currency', v.currency, 'intentId', null, 'chargeId', null,
          'captureBefore', null, 'declineCode', null, 'declineMessage', null, 'cancelReason', null, 'unknownSince', null,
          'waitingFor', null, 'waitingUntil', null, 'review', null, 'reviewReasons', null, 'card', null, 'risk', null,
          'voidDue', false, 'refundDue', false, 'createdAt', now(), 'updatedAt', now()));
    end if;
  end if;
  select p.id into v_id from public.pledges p where p.idempotency_id = p_lease;
  if not found then
    perform private.refuse_pledge(p_pledge);
  end if;
  return private.pledge_view(v_id) || '{"created": false}'::jsonb;
end;
$$;

revoke all on function private.refuse_pledge(jsonb) from public, anon, authenticated, service_role;
revoke all on function public.make_pledge(uuid, bigint, jsonb, text) from public, anon, authenticated;
grant execute on function public.make_pledge(uuid, bigint, jsonb, text) to service_role;
