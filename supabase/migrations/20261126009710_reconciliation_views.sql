-- What people see of reconciliation: operators its runs and differences, donors whether a total was checked and their gift is in it.

-- A page of rows, of which one more than p_limit was read, with where the next begins.
create or replace function private.keyset_page(p_rows jsonb, p_limit integer, p_key text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select case when jsonb_array_length(p_rows) > p_limit
    then jsonb_build_object('items', p_rows - p_limit, 'next', jsonb_build_object(p_key, p_rows -> (p_limit - 1) -> p_key, 'id', p_rows -> (p_limit - 1) -> 'id'))
    else jsonb_build_object('items', p_rows, 'next', null) end;
$$;

-- Runs, newest first, for operators.
create or replace function public.admin_reconciliations(p_actor uuid, p_after jsonb, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 100);
  v_rows jsonb;
begin
  if not private.person_has_role(p_actor, 'operator') then
    perform private.refuse(403, 'forbidden', 'Only operators see the comparison with the payment provider.');
  end if;
  select coalesce(jsonb_agg(private.reconciliation_view(r) order by r.started_at desc, r.id desc), '[]'::jsonb) into v_rows
  from (select r.* from private.reconciliation_runs r
    where p_after is null or (r.started_at, r.id) < ((p_after ->> 'startedAt')::timestamptz, (p_after ->> 'id')::uuid)
    order by r.started_at desc, r.id desc limit v_limit + 1) r;
  return private.keyset_page(v_rows, v_limit, 'startedAt');
end;
$$;

-- Differences in a state, newest first, for operators.
create or replace function public.admin_discrepancies(p_actor uuid, p_state text, p_after jsonb, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 100);
  v_rows jsonb;
begin
  if not private.person_has_role(p_actor, 'operator') then
    perform private.refuse(403, 'forbidden', 'Only operators see the comparison with the payment provider.');
  end if;
  select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'kind', d.kind, 'objectId', d.object_id, 'objectAt', d.object_at,
    'paymentId', d.payment_id, 'pledgeId', d.pledge_id, 'campaignId', d.campaign_id, 'currency', d.currency,
    'differenceMinor', d.difference_minor, 'theirs', d.theirs, 'ours', d.ours, 'proposal', d.proposal, 'state', d.state, 'note', d.note,
    'decidedBy', (select f.display_name from public.profiles f where f.id = d.decided_by), 'decidedAt', d.decided_at, 'foundAt', d.found_at)
    order by d.found_at desc, d.id desc), '[]'::jsonb) into v_rows
  from (select d.* from private.reconciliation_discrepancies d
    where d.state = p_state and (p_after is null or (d.found_at, d.id) < ((p_after ->> 'foundAt')::timestamptz, (p_after ->> 'id')::uuid))
    order by d.found_at desc, d.id desc limit v_limit + 1) d;
  return private.keyset_page(v_rows, v_limit, 'foundAt');
end;
$$;

-- An operator has dealt with a difference (`resolved`: it opens again when the next run still finds it) or accepts it as it is (`dismissed`).
create or replace function public.decide_discrepancy(p_actor uuid, p_discrepancy uuid, p_decision text, p_note text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_row private.reconciliation_discrepancies;
begin
  if not private.person_has_role(p_actor, 'operator') then
    perform private.refuse(403, 'forbidden', 'Only operators decide about differences to the payment provider.');
  end if;
  if p_decision not in ('resolved', 'dismissed') then
    perform private.refuse(422, 'rule_broken', 'A difference is resolved or dismissed.');
  end if;
  if char_length(btrim(p_note)) not between 1 and 1000 then
    perform private.refuse(422, 'rule_broken', 'Say in up to 1,000 characters what was done, or why it may stay.');
  end if;
  update private.reconciliation_discrepancies d set state = p_decision, note = btrim(p_note), decided_by = p_actor, decided_at = now()
  where d.id = p_discrepancy and d.state = 'open' returning d.* into v_row;
  if not found then
    perform private.refuse(case when exists (select from private.reconciliation_discrepancies d where d.id = p_discrepancy) then 409 else 404 end,
      case when exists (select from private.reconciliation_discrepancies d where d.id = p_discrepancy) then 'conflict' else 'not_found' end,
      'There is no open difference with this id: it may have been decided meanwhile.');
  end if;
  return jsonb_build_object('id', v_row.id, 'state', v_row.state);
end;
$$;

-- What a campaign's page says: when its gifts were last compared with the provider's, and whether they match. Null: never, or no such campaign
-- for whoever asks.
create or replace function public.campaign_checked(p_campaign uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('checkedAt', r.finished_at, 'open', o.open, 'matches', o.open = 0)
  from public.campaigns c
  cross join lateral (select r.finished_at from private.reconciliation_runs r
    where r.state = 'completed' and r.finished_at >= coalesce(c.published_at, c.created_at) order by r.started_at desc, r.id desc limit 1) r
  cross join lateral (select count(*) as open from private.reconciliation_discrepancies d where d.campaign_id = c.id and d.state = 'open') o
  where c.id = p_campaign and c.status <> 'draft';
$$;

-- Whether a gift is in its campaign's total, and with how much: the ledger's entries of its events that the projector has folded.
create or replace function public.gift_in_total(p_pledge uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
  select jsonb_build_object('campaignId', p.campaign_id, 'currency', p.currency, 'countedMinor', coalesce(-sum(e.amount_minor), 0),
    'countedAt', max(t.at), 'waiting', exists (
      select from public.payments y join private.ledger_transactions w on w.payment_id = y.id
      where y.pledge_id = p.id and w.event_id is not null
        and not exists (select from private.processed_events x where x.consumer = 'totals' and x.event_id = w.event_id)))
  from public.pledges p
  left join public.payments y on y.pledge_id = p.id
  left join private.ledger_transactions t on t.payment_id = y.id
    and exists (select from private.processed_events x where x.consumer = 'totals' and x.event_id = t.event_id)
  left join private.ledger_entries e on e.transaction_id = t.id and exists (
    select from private.ledger_accounts a where a.id = e.account_id and a.kind in ('gift_captured', 'gift_refunded', 'gift_lost'))
  where p.id = p_pledge
  group by p.id;
$$;

revoke all on function private.keyset_page(jsonb, integer, text) from public, anon, authenticated, service_role;
revoke all on function public.admin_reconciliations(uuid, jsonb, integer) from public, anon, authenticated;
revoke all on function public.admin_discrepancies(uuid, text, jsonb, integer) from public, anon, authenticated;
revoke all on function public.decide_discrepancy(uuid, uuid, text, text) from public, anon, authenticated;
revoke all on function public.gift_in_total(uuid) from public, anon, authenticated;
revoke all on function public.campaign_checked(uuid) from public, anon, authenticated;
grant execute on function public.admin_reconciliations(uuid, jsonb, integer) to service_role;
grant execute on function public.admin_discrepancies(uuid, text, jsonb, integer) to service_role;
grant execute on function public.decide_discrepancy(uuid, uuid, text, text) to service_role;
grant execute on function public.gift_in_total(uuid) to service_role;
grant execute on function public.campaign_checked(uuid) to service_role;
