-- What a list says of a pledge is what its donor is told too; a pledge's story has the money that went back; the
-- administration's tasks lead to the pledges that they are about; and a statement goes by the days on which money was
-- taken, as its receipts do.

-- A pledge in a list of the administration. `shown`: what its donor is told.
create or replace function private.pledge_row(pledge public.pledges, campaign public.campaigns, named boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (pledge).id, 'campaignId', (campaign).id, 'campaignSlug', (campaign).slug, 'campaignTitle', (campaign).title,
    'status', (pledge).status, 'amountMinor', (pledge).gift_minor, 'coverMinor', (pledge).cover_minor, 'currency', (pledge).currency,
    'anonymous', (pledge).anonymous, 'createdAt', (pledge).created_at, 'updatedAt', (pledge).updated_at,
    'refundedMinor', (select coalesce(sum(y.refunded_minor), 0) from public.payments y where y.pledge_id = (pledge).id),
    'lostMinor', (select coalesce(sum(y.lost_minor), 0) from public.payments y where y.pledge_id = (pledge).id),
    'shown', (select private.shown_state(pledge, y) from public.payments y where y.pledge_id = (pledge).id order by y.number desc limit 1),
    'held', exists (select from public.payments y where y.pledge_id = (pledge).id and y.review = 'held' and y.state in ('pending', 'authorized')),
    'donor', case when named then (select jsonb_build_object('name', d.name, 'email', d.email, 'message', d.message)
      from public.pledge_donors d where d.pledge_id = (pledge).id) end);
$$;

-- Pledges to what the actor runs, newest first. p_filter: {campaignId?, status?, query?, needs?, from?, to?}. `needs`: a
-- decision about a held payment, an answer to a dispute, an approval of a refund, or a payment's outcome.
create or replace function public.admin_pledges(p_actor uuid, p_filter jsonb, p_after jsonb, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 1000);
  v_operator boolean := private.person_has_role(p_actor, 'operator');
  v_campaign uuid := (p_filter ->> 'campaignId')::uuid;
  v_status public.pledge_status := nullif(p_filter ->> 'status', '')::public.pledge_status;
  v_words text := nullif(btrim(left(p_filter ->> 'query', 200)), '');
  v_like text := '%' || replace(replace(replace(v_words, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  v_needs text := coalesce(p_filter ->> 'needs', '');
  v_created timestamptz := (p_after ->> 'createdAt')::timestamptz;
  v_id uuid := (p_after ->> 'id')::uuid;
  v_rows jsonb;
begin
  perform private.require_administration(p_actor);
  select coalesce(jsonb_agg(private.pledge_row(f.p, f.c, true) order by (f.p).created_at desc, (f.p).id desc), '[]'::jsonb) into v_rows
  from (
    select p, c from public.pledges p
    join public.campaigns c on c.id = p.campaign_id
    join public.pledge_donors d on d.pledge_id = p.id
    where (v_operator or c.owner_id = p_actor)
      and (v_campaign is null or p.campaign_id = v_campaign)
      and (v_status is null or p.status = v_status)
      and (v_needs <> 'decision' or exists (select from public.payments y
        where y.pledge_id = p.id and y.review = 'held' and y.state in ('pending', 'authorized')))
      and (v_needs <> 'answer' or exists (select from public.disputes s join public.payments y on y.id = s.payment_id
        where y.pledge_id = p.id and s.status in ('needs_response', 'warning_needs_response')))
      and (v_needs <> 'approval' or exists (select from public.refunds r join public.payments y on y.id = r.payment_id
        where y.pledge_id = p.id and r.needs_approval and r.approved_by is null and r.status = 'pending'))
      and (v_needs <> 'outcome' or exists (select from public.payments y
        where y.pledge_id = p.id and y.unknown_since < now() - interval '5 minutes' and y.state in ('pending', 'authorized', 'captured')))
      and (p_filter ->> 'from' is null or p.created_at >= (p_filter ->> 'from')::timestamptz)
      and (p_filter ->> 'to' is null or p.created_at < (p_filter ->> 'to')::timestamptz)
      and (v_words is null or d.name ilike v_like or d.email ilike v_like or c.title ilike v_like or p.id::text = lower(v_words))
      and (v_created is null or (p.created_at, p.id) < (v_created, v_id))
    order by p.created_at desc, p.id desc limit v_limit + 1
  ) f;
  return jsonb_build_object(
    'items', case when jsonb_array_length(v_rows) > v_limit then v_rows - v_limit else v_rows end,
    'next', case when jsonb_array_length(v_rows) > v_limit then jsonb_build_object(
      'createdAt', v_rows -> (v_limit - 1) -> 'createdAt', 'id', v_rows -> (v_limit - 1) -> 'id') end);
end;
$$;

-- Everything that is known of one pledge, for whoever runs its campaign.
create or replace function public.admin_pledge_story(p_actor uuid, p_pledge uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_pledge public.pledges;
  v_campaign public.campaigns;
begin
  select p.* into v_pledge from public.pledges p where p.id = p_pledge;
  select c.* into v_campaign from public.campaigns c where c.id = v_pledge.campaign_id;
  if v_campaign.id is null or not private.runs_campaign(p_actor, v_campaign) then
    perform private.refuse(404, 'not_found', 'There is no such pledge.');
  end if;
  return jsonb_build_object(
    'pledge', private.pledge_row(v_pledge, v_campaign, true),
    'payments', (select coalesce(jsonb_agg(jsonb_build_object('id', y.id, 'number', y.number, 'state', y.state,
        'totalMinor', y.gift_minor + y.cover_minor, 'authorizedMinor', y.authorized_minor, 'capturedMinor', y.captured_minor,
        'refundedMinor', y.refunded_minor, 'disputedMinor', y.disputed_minor, 'currency', y.currency, 'intentId', y.intent_id, 'chargeId', y.charge_id,
        'cardBrand', y.card_brand, 'cardLast4', y.card_last4, 'declineCode', y.decline_code, 'cancelReason', y.cancel_reason, 'review', y.review,
        'reviewReasons', coalesce(y.review_reasons, '[]'::jsonb),
        'riskLevel', (select k.risk_level from private.payment_cards k where k.payment_id = y.id),
        'unknownSince', y.unknown_since, 'createdAt', y.created_at) order by y.number), '[]'::jsonb)
      from public.payments y where y.pledge_id = p_pledge),
    'transitions', (select coalesce(jsonb_agg(jsonb_build_object('at', s.at, 'subject', s.subject, 'from', s.from_state, 'to', s.to_state, 'cause', s.cause,
        'eventId', s.provider_event_id) order by s.at, s.seq), '[]'::jsonb)
      from (
        select t.at, t.seq::integer, 'payment' as subject, t.from_state::text, t.to_state::text, t.cause, t.provider_event_id
        from private.payment_transitions t join public.payments y on y.id = t.payment_id where y.pledge_id = p_pledge
        union all
        select t.at, t.seq, 'pledge', t.from_status::text, t.to_status::text, t.cause, null from private.pledge_transitions t where t.pledge_id = p_pledge
        union all
        select t.at, t.id::integer, t.subject, t.from_status, t.to_status, t.cause, t.provider_event_id
        from private.money_back_transitions t join public.payments y on y.id = t.payment_id where y.pledge_id = p_pledge
      ) s),
    'refunds', (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'refundId', r.refund_id, 'amountMinor', r.amount_minor, 'currency', r.currency,
        'status', r.status, 'reason', r.reason, 'note', r.note, 'failureReason', r.failure_reason,
        'needsApproval', r.needs_approval and r.approved_by is null, 'at', r.created_at) order by r.created_at), '[]'::jsonb)
      from public.refunds r join public.payments y on y.id = r.payment_id where y.pledge_id = p_pledge),
    'disputes', (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'disputeId', s.dispute_id, 'amountMinor', s.amount_minor, 'currency', s.currency,
        'status', s.status, 'reason', s.reason, 'evidenceDueBy', s.evidence_due_by, 'at', s.created_at) order by s.created_at), '[]'::jsonb)
      from public.disputes s join public.payments y on y.id = s.payment_id where y.pledge_id = p_pledge),
    'attempts', (select coalesce(jsonb_agg(jsonb_build_object('at', a.at, 'outcome', a.outcome, 'code', a.code, 'declineCode', a.decline_code) order by a.at), '[]'::jsonb)
      from private.payment_attempts a join public.payments y on y.id = a.payment_id where y.pledge_id = p_pledge),
    'rejections', (select coalesce(jsonb_agg(jsonb_build_object('at', j.at, 'subject', j.subject, 'from', j.from_state, 'to', j.to_state, 'reason', j.reason) order by j.at), '[]'::jsonb)
      from private.payment_transition_rejections j join public.payments y on y.id = j.payment_id where y.pledge_id = p_pledge),
    'ledger', (select coalesce(jsonb_agg(jsonb_build_object('at', x.at, 'cause', x.cause, 'account', a.kind, 'amountMinor', e.amount_minor, 'currency', e.currency,
        'transactionId', x.id) order by x.at, x.id, e.amount_minor desc), '[]'::jsonb)
      from private.ledger_transactions x join private.ledger_entries e on e.transaction_id = x.id join private.ledger_accounts a on a.id = e.account_id
      join public.payments y on y.id = x.payment_id where y.pledge_id = p_pledge),
    'events', (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'type', w.type, 'state', w.state, 'at', w.received_at) order by w.received_at), '[]'::jsonb)
      from private.webhook_events w where w.object_id in (
        select unnest(array[y.intent_id, y.charge_id]) from public.payments y where y.pledge_id = p_pledge
        union all
        select r.refund_id from public.refunds r join public.payments y on y.id = r.payment_id where y.pledge_id = p_pledge
        union all
        select s.dispute_id from public.disputes s join public.payments y on y.id = s.payment_id where y.pledge_id = p_pledge)),
    'mails', (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'kind', m.kind, 'recipient', m.recipient, 'sentAt', m.sent_at, 'sends', m.sends) order by m.created_at), '[]'::jsonb)
      from private.giving_mails m where m.pledge_id = p_pledge));
end;
$$;

-- A donor's own gifts, newest first. p_filter: {from?, to?}: by the time at which the money was taken.
create or replace function public.list_my_gifts(p_user uuid, p_filter jsonb, p_after jsonb, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 5000);
  v_created timestamptz := (p_after ->> 'createdAt')::timestamptz;
  v_id uuid := (p_after ->> 'id')::uuid;
  v_rows jsonb;
begin
  select coalesce(jsonb_agg(private.pledge_row(f.p, f.c, true) || jsonb_build_object('capturedAt', f.taken_at)
    order by (f.p).created_at desc, (f.p).id desc), '[]'::jsonb) into v_rows
  from (
    select p, c, k.taken_at from public.pledges p
    join public.campaigns c on c.id = p.campaign_id
    cross join lateral (select max(t.at) as taken_at from private.payment_transitions t join public.payments y on y.id = t.payment_id
      where y.pledge_id = p.id and t.to_state = 'captured') k
    where p.user_id = p_user
      and (p_filter ->> 'from' is null or k.taken_at >= (p_filter ->> 'from')::timestamptz)
      and (p_filter ->> 'to' is null or k.taken_at < (p_filter ->> 'to')::timestamptz)
      and (v_created is null or (p.created_at, p.id) < (v_created, v_id))
    order by p.created_at desc, p.id desc limit v_limit + 1
  ) f;
  return jsonb_build_object(
    'items', case when jsonb_array_length(v_rows) > v_limit then v_rows - v_limit else v_rows end,
    'next', case when jsonb_array_length(v_rows) > v_limit then jsonb_build_object(
      'createdAt', v_rows -> (v_limit - 1) -> 'createdAt', 'id', v_rows -> (v_limit - 1) -> 'id') end);
end;
$$;

-- What a mail or a receipt about a payment says, with who gets it.
create or replace function public.read_mail_facts(p_payment uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'pledgeId', p.id, 'paymentId', y.id, 'campaignId', c.id, 'campaignSlug', c.slug, 'campaignTitle', c.title,
    'giftMinor', y.gift_minor, 'coverMinor', y.cover_minor, 'totalMinor', y.gift_minor + y.cover_minor, 'currency', y.currency,
    'refundedMinor', y.refunded_minor, 'lostMinor', y.lost_minor, 'state', y.state, 'anonymous', p.anonymous, 'cardBrand', y.card_brand, 'cardLast4', y.card_last4,
    'pledgedAt', p.created_at,
    'capturedAt', (select t.at from private.payment_transitions t where t.payment_id = y.id and t.to_state = 'captured'),
    'donor', jsonb_build_object('name', d.name, 'email', d.email, 'message', d.message),
    'owner', case when o.id is not null then jsonb_build_object('id', o.id, 'email', o.email,
      'name', (select f.display_name from public.profiles f where f.id = o.id),
      'updates', coalesce(q.updates, 'digest')) end)
  from public.payments y
  join public.pledges p on p.id = y.pledge_id
  join public.pledge_donors d on d.pledge_id = p.id
  join public.campaigns c on c.id = p.campaign_id
  left join auth.users o on o.id = c.owner_id
  left join public.owner_mail_preferences q on q.user_id = o.id
  where y.id = p_payment;
$$;
