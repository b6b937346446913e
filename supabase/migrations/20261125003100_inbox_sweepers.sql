-- The inbox, what sweepers ask for, risk, and gifts that find their donor's account.

-- Keeps a verified event, in a transaction of its own, before anything is made of it.
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
    return jsonb_build_object('outcome', 'stored', 'state', v_event.state, 'attempts', v_event.attempts);
  end if;
  select e.* into strict v_event from private.webhook_events e where e.id = p_id;
  return jsonb_build_object('outcome', 'known', 'state', v_event.state, 'attempts', v_event.attempts);
end;
$$;

-- How the handling of an event ended: processed, rejected, parked (ahead of us), or stored: it failed, and is tried again.
create or replace function public.settle_webhook_event(p_id text, p_state text, p_outcome text, p_error text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_event private.webhook_events;
begin
  if p_state not in ('processed', 'rejected', 'parked', 'stored') then
    perform private.refuse_field('p_state', 'An event is processed, rejected, parked, or stored to be tried again.');
  end if;
  update private.webhook_events e
  set state = p_state::private.webhook_state, outcome = left(p_outcome, 200), error = left(p_error, 2000),
    settled_at = case when p_state in ('processed', 'rejected') then clock_timestamp() end,
    next_attempt_at = case when p_state in ('parked', 'stored')
      then clock_timestamp() + private.outbox_backoff(e.attempts + 4, 6 * 3600) end
  where e.id = p_id and e.state in ('stored', 'parked')
  returning e.* into v_event;
  -- The provider itself gives up after three days; somebody has to look at what is left.
  if v_event.next_attempt_at is not null and v_event.received_at < clock_timestamp() - interval '72 hours' then
    update private.webhook_events e set state = 'abandoned', next_attempt_at = null, settled_at = clock_timestamp() where e.id = p_id
    returning e.* into v_event;
    insert into private.dead_letters (source, name, subject_type, cause, attempts, payload)
    values ('job', 'stripe-webhook', 'webhook_event', coalesce(v_event.error, v_event.outcome, 'No cause was given.'), v_event.attempts,
      jsonb_build_object('eventId', p_id, 'type', v_event.type, 'objectId', v_event.object_id));
  end if;
  if v_event.id is null then
    select e.* into v_event from private.webhook_events e where e.id = p_id;
  end if;
  return jsonb_build_object('state', v_event.state, 'attempts', v_event.attempts);
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
  select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'type', l.type, 'payload', l.payload, 'state', l.state, 'attempts', l.attempts)
    order by l.created, l.id), '[]'::jsonb)
  from leased l;
$$;

-- Why a sweeper should look at a payment now; null when there is no reason.
create or replace function private.reason_to_check(pledge public.pledges, payment public.payments)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when payment.state in ('captured', 'completed') and pledge.status = 'canceled' then 'refund_due'
    when payment.unknown_since is not null then 'unknown'
    when payment.state in ('pending', 'authorized') and (pledge.status = 'canceled' or payment.cancel_reason is not null) then 'void_due'
    when payment.waiting_until <= now() then payment.waiting_for || '_expired'
    when payment.state = 'authorized' and payment.capture_before < now() + interval '24 hours' then 'hold_expiring'
    when payment.state = 'authorized' and payment.review is distinct from 'held' then 'capture_due'
    when payment.state in ('pending', 'captured') and payment.waiting_for is null then 'stuck'
  end;
$$;

-- Payments that should be looked at, each to one asker. The waits between two looks grow, from minutes to a day; a payment that
-- still has not moved at the eighth becomes a dead letter, and goes on being looked at.
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
    if v_reason is not null then
      v_answer := v_answer || (private.pledge_view(v_payment.pledge_id, v_payment.id)
        || jsonb_build_object('paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id, 'reason', v_reason, 'checks', v_payment.checks + 1));
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

-- A block may name a card too: by the hash of the provider's fingerprint of it.
alter table private.blocks drop constraint blocks_kind_check;
alter table private.blocks add constraint blocks_kind_check check (kind in ('ip', 'email', 'user', 'card'));

-- How often cards were tried and declined in the last hour, by what is known of the caller, and whether they are shut out.
create or replace function public.read_risk(p_about jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
  with asked as (
    select (p_about ->> 'campaignId')::uuid as campaign, p_about ->> 'cardFingerprint' as card, p_about ->> 'ipHash' as ip,
      private.email_hash(p_about ->> 'email') as email, (p_about ->> 'userId')::uuid as person
  )
  select jsonb_build_object(
    'campaign', (select jsonb_build_object('attempts', count(*), 'declines', count(*) filter (where t.outcome = 'declined'), 'sinceSeconds', 3600)
      from private.payment_attempts t where t.campaign_id = a.campaign and t.at > now() - interval '1 hour' having a.campaign is not null),
    'card', (select jsonb_build_object('attempts', count(*), 'declines', count(*) filter (where t.outcome = 'declined'), 'sinceSeconds', 3600)
      from private.payment_attempts t where t.card_fingerprint = a.card and t.at > now() - interval '1 hour' having a.card is not null),
    'email', (select jsonb_build_object('attempts', count(*), 'declines', count(*) filter (where t.outcome = 'declined'), 'sinceSeconds', 3600)
      from private.payment_attempts t where t.email_hash = a.email and t.at > now() - interval '1 hour' having a.email is not null),
    'ip', (select jsonb_build_object('attempts', count(*), 'declines', count(*) filter (where t.outcome = 'declined'), 'sinceSeconds', 3600)
      from private.payment_attempts t where t.ip_hash = a.ip and t.at > now() - interval '1 hour' having a.ip is not null),
    'blocked', (select b.kind from private.blocks b
      where b.lifted_at is null and b.expires_at > now() and (
        (b.kind = 'email' and b.subject = a.email) or (b.kind = 'user' and b.subject = a.person::text)
        or (b.kind = 'card' and b.subject = encode(sha256(convert_to(a.card, 'UTF8')), 'hex')))
      order by b.created_at limit 1))
  from asked a;
$$;

-- Shuts out a card: what the operator's page knows of it is a payment that was made with it. Returns the block's id.
create or replace function public.block_card(p_actor uuid, p_payment uuid, p_reason text, p_expires_at timestamptz)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_fingerprint text;
  v_id uuid;
begin
  if not private.person_has_role(p_actor, 'operator') then
    perform private.refuse(403, 'forbidden', 'Only an operator may do this.');
  end if;
  if char_length(btrim(coalesce(p_reason, ''))) not between 1 and 500 then
    perform private.refuse_field('reason', 'Say why, in at most 500 characters.');
  end if;
  if p_expires_at is null or p_expires_at <= now() or p_expires_at > now() + interval '1 year' then
    perform private.refuse_field('expiresAt', 'A block ends within a year.');
  end if;
  select c.fingerprint into v_fingerprint from private.payment_cards c where c.payment_id = p_payment and c.fingerprint is not null;
  if not found then
    perform private.refuse(404, 'not_found', 'Of this payment no card is known.');
  end if;
  insert into private.blocks (kind, subject, reason, expires_at, created_by)
  values ('card', encode(sha256(convert_to(v_fingerprint, 'UTF8')), 'hex'), btrim(p_reason), p_expires_at, p_actor)
  returning id into v_id;
  return v_id;
end;
$$;

-- Gives an account the guest gifts that were made under its address, once the address is verified by us.
create or replace function public.claim_guest_gifts(p_user uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_email text;
  v_ids uuid[];
begin
  select u.email into v_email from auth.users u join public.profiles p on p.id = u.id
  where u.id = p_user and p.email_verified_at is not null;
  if not found then
    perform private.refuse(403, 'forbidden', 'Verify your e-mail address first. Then the gifts that were made with it are yours to see.');
  end if;
  -- Pledges first, in the order of their ids, as everybody locks them.
  select array_agg(g.id) into v_ids from (
    select p.id from public.pledges p join public.pledge_donors d on d.pledge_id = p.id
    where d.email_hash = private.email_hash(v_email) and p.user_id is null
    order by p.id
    for update of p
  ) g;
  update public.pledges p set user_id = p_user where p.id = any (v_ids);
  update public.pledge_donors d set user_id = p_user where d.pledge_id = any (v_ids);
  return jsonb_build_object('claimed', coalesce(cardinality(v_ids), 0));
end;
$$;

-- The provider's outages and recoveries as events of giving, once each, in the transaction that records them.
create or replace function private.tell_payment_outage()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.append_outbox('outage', new.id, 'giving/payment.service-unavailable', jsonb_build_object(
      'outageId', new.id, 'service', new.service, 'cause', new.cause, 'openedAt', new.opened_at));
  else
    perform private.append_outbox('outage', new.id, 'giving/payment.recovered', jsonb_build_object(
      'outageId', new.id, 'service', new.service, 'openedAt', new.opened_at, 'recoveredAt', new.recovered_at));
  end if;
  return null;
end;
$$;

create trigger outages_tell_opened after insert on private.outages
  for each row when (new.service = 'stripe') execute function private.tell_payment_outage();
create trigger outages_tell_recovered after update of recovered_at on private.outages
  for each row when (new.service = 'stripe' and old.recovered_at is null and new.recovered_at is not null)
  execute function private.tell_payment_outage();

revoke all on function private.reason_to_check(public.pledges, public.payments) from public, anon, authenticated, service_role;
revoke all on function private.tell_payment_outage() from public, anon, authenticated, service_role;
revoke all on function public.store_webhook_event(text, text, text, boolean, text, timestamptz, jsonb) from public, anon, authenticated;
revoke all on function public.settle_webhook_event(text, text, text, text) from public, anon, authenticated;
revoke all on function public.claim_webhook_events(integer, integer) from public, anon, authenticated;
revoke all on function public.claim_payment_checks(integer, integer) from public, anon, authenticated;
revoke all on function public.read_risk(jsonb) from public, anon, authenticated;
revoke all on function public.block_card(uuid, uuid, text, timestamptz) from public, anon, authenticated;
revoke all on function public.claim_guest_gifts(uuid) from public, anon, authenticated;
grant execute on function public.store_webhook_event(text, text, text, boolean, text, timestamptz, jsonb) to service_role;
grant execute on function public.settle_webhook_event(text, text, text, text) to service_role;
grant execute on function public.claim_webhook_events(integer, integer) to service_role;
grant execute on function public.claim_payment_checks(integer, integer) to service_role;
grant execute on function public.read_risk(jsonb) to service_role;
grant execute on function public.block_card(uuid, uuid, text, timestamptz) to service_role;
grant execute on function public.claim_guest_gifts(uuid) to service_role;
