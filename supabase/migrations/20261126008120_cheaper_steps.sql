-- A payment's steps for less: what is asked twice is asked once.

-- These keys asked what their guards ask as well. A transition's guard looks for the payment or pledge in the state that it leaves, and payments and
-- pledges are never deleted nor renamed (`…_stay`, `…_guard`); an entry's guard looks for its transaction, which stays too.
alter table private.payment_transitions drop constraint payment_transitions_payment_id_fkey;
alter table private.pledge_transitions drop constraint pledge_transitions_pledge_id_fkey;
alter table private.ledger_entries drop constraint ledger_entries_transaction_id_fkey;

create or replace function private.guard_payment_transition()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from public.payments p
    join private.payment_steps s on s.from_state = p.state and s.to_state = new.to_state
    where p.id = new.payment_id and p.state = new.from_state
  ) then
    return new;
  end if;
  raise exception using errcode = '23514', message = case
    when exists (select from private.payment_steps s where s.from_state = new.from_state and s.to_state = new.to_state)
      then format('This payment is not %s.', new.from_state)
    else format('A payment never goes from %s to %s.', new.from_state, new.to_state) end;
end;
$$;

create or replace function private.guard_pledge_transition()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from public.pledges p
    join private.pledge_steps s on s.from_status = p.status and s.to_status = new.to_status
    where p.id = new.pledge_id and p.status = new.from_status
  ) then
    return new;
  end if;
  raise exception using errcode = '23514', message = case
    when exists (select from private.pledge_steps s where s.from_status = new.from_status and s.to_status = new.to_status)
      then format('This pledge is not %s.', new.from_status)
    else format('A pledge never goes from %s to %s.', new.from_status, new.to_status) end;
end;
$$;

-- The entries of a ledger transaction balance at the end of the statement that writes them, all of them: once for each statement, where it was
-- once for each entry, at the commit. And it is stricter: one leg alone is refused at once.
create or replace function private.check_entries()
returns trigger
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v record;
begin
  select i.transaction_id as id, s.* into v
  from (select distinct a.transaction_id from added a) i
  cross join lateral (
    select sum(e.amount_minor) as sum, count(*) as entries,
      count(*) filter (where a.id is null or t.id is null or a.currency <> e.currency or t.currency <> e.currency) as strange
    from private.ledger_entries e
    left join private.ledger_transactions t on t.id = e.transaction_id
    left join private.ledger_accounts a on a.id = e.account_id
    where e.transaction_id = i.transaction_id
  ) s
  where s.entries < 2 or s.sum <> 0 or s.strange > 0
  limit 1;
  if found then
    raise exception using errcode = '23514',
      message = format('Ledger transaction %s does not balance: %s entries, sum %s, %s of another currency, account or transaction.', v.id, v.entries, v.sum, v.strange);
  end if;
  return null;
end;
$$;

-- What is left for the commit: that there are entries.
create or replace function private.check_balance()
returns trigger
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
begin
  if not exists (select from private.ledger_entries e where e.transaction_id = new.id) then
    raise exception using errcode = '23514', message = format('Ledger transaction %s has no entries.', new.id);
  end if;
  return null;
end;
$$;

drop trigger ledger_entries_balance on private.ledger_entries;
create trigger ledger_entries_balance after insert on private.ledger_entries
  referencing new table as added for each statement execute function private.check_entries();

-- Whose try it was stands with the payment since it was made (or since another card was tried), so that a webhook that is faster than our own
-- answer counts it for the same address.
create or replace function private.count_authorised(payment public.payments, p_fact jsonb)
returns void
language plpgsql
as $$
begin
  insert into private.payment_attempts (payment_id, campaign_id, outcome, charge_id, card_fingerprint, email_hash, ip_hash)
  select payment.id, payment.campaign_id, 'authorized', coalesce(p_fact ->> 'chargeId', payment.charge_id),
    p_fact -> 'card' ->> 'fingerprint', d.email_hash, coalesce(p_fact ->> 'ipHash', c.ip_hash)
  from public.pledge_donors d left join private.payment_cards c on c.payment_id = payment.id
  where d.pledge_id = payment.pledge_id
  on conflict do nothing;
end;
$$;

-- One try of a card, as before and with the same address.
create or replace function public.record_attempt(p_attempt jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_payment public.payments;
  v_recorded boolean;
begin
  select p.* into v_payment from public.payments p
  where p.id = (p_attempt ->> 'paymentId')::uuid or p.intent_id = p_attempt ->> 'intentId' limit 1;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such payment.');
  end if;
  v_payment := private.lock_payment(v_payment.id);
  if p_attempt ->> 'outcome' = 'declined' and p_attempt ->> 'chargeId' is null and exists (
    select from private.payment_attempts a where a.payment_id = v_payment.id and a.outcome = 'declined' and a.charge_id is null
      and (a.provider_event_id is null or p_attempt ->> 'eventId' is null)
  ) then
    return jsonb_build_object('recorded', false, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
  end if;
  insert into private.payment_attempts (payment_id, campaign_id, outcome, provider_event_id, charge_id, code, decline_code,
    card_fingerprint, email_hash, ip_hash, at)
  select v_payment.id, v_payment.campaign_id, p_attempt ->> 'outcome', p_attempt ->> 'eventId', p_attempt ->> 'chargeId',
    left(p_attempt ->> 'code', 100), left(p_attempt ->> 'declineCode', 100), p_attempt -> 'card' ->> 'fingerprint', d.email_hash,
    coalesce(p_attempt ->> 'ipHash', c.ip_hash), coalesce((p_attempt ->> 'at')::timestamptz, now())
  from public.pledge_donors d left join private.payment_cards c on c.payment_id = v_payment.id
  where d.pledge_id = v_payment.pledge_id
  on conflict do nothing;
  v_recorded := found;
  if v_recorded and p_attempt ->> 'outcome' = 'declined' then
    update public.payments p
    set decline_code = left(coalesce(p_attempt ->> 'declineCode', p_attempt ->> 'code'), 100),
      decline_message = left(p_attempt ->> 'message', 500),
      -- Whoever noted it ends it at once; should that process die, a sweeper does.
      check_at = least(p.check_at, now() + interval '1 minute')
    where p.id = v_payment.id and p.state = 'pending';
  end if;
  perform private.note_card(v_payment.id, p_attempt -> 'card', null);
  return jsonb_build_object('recorded', v_recorded, 'paymentId', v_payment.id, 'pledgeId', v_payment.pledge_id);
end;
$$;

-- Another card for a pledge whose last payment came to nothing. p_ip_hash: who tries it.
drop function public.add_payment(uuid, bigint, uuid, text);
create function public.add_payment(p_lease uuid, p_fence bigint, p_pledge uuid, p_traceparent text, p_ip_hash text default null)
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
  if p_ip_hash is not null then
    insert into private.payment_cards (payment_id, ip_hash) values (v_id, p_ip_hash);
  end if;
  -- Cancelled by us, and the void of the old payment came through: it is open again as well.
  v_event := private.append_outbox('pledge', p_pledge, 'giving/pledge.reopened',
    private.pledge_event(v_pledge, v_id, jsonb_build_object('status', 'pending', 'number', v_last.number + 1)), nullif(p_traceparent, ''));
  perform private.step_pledge(p_pledge, 'pending', 'another_payment', v_event);
  return private.pledge_view(p_pledge, v_id) || '{"created": true}'::jsonb;
end;
$$;

revoke all on function private.check_entries() from public, anon, authenticated, service_role;
revoke all on function public.add_payment(uuid, bigint, uuid, text, text) from public, anon, authenticated;
grant execute on function public.add_payment(uuid, bigint, uuid, text, text) to service_role;
