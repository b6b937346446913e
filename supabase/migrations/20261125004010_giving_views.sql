-- What donors and those who run campaigns read. p_actor is whom the route has authorised; rights are looked up again here.

-- The moments in which money came, for charts, feeds and statements.
create index if not exists payment_transitions_moment on private.payment_transitions (to_state, at desc);

-- Whether the actor may see who gave to this campaign.
create or replace function private.runs_campaign(actor uuid, campaign public.campaigns)
returns boolean
language sql
stable
set search_path = ''
as $$
  select private.person_has_role(actor, 'operator')
    or ((campaign).owner_id = actor and private.person_has_role(actor, 'campaign_admin'));
$$;

-- Refuses whoever is neither campaign admin nor operator.
create or replace function private.require_administration(actor uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if actor is null or not (private.person_has_role(actor, 'campaign_admin') or private.person_has_role(actor, 'operator')) then
    perform private.refuse(403, 'forbidden', 'Only campaign admins and operators may see this.');
  end if;
end;
$$;

-- A pledge in a list of the administration.
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
    'held', exists (select from public.payments y where y.pledge_id = (pledge).id and y.review = 'held' and y.state in ('pending', 'authorized')),
    'donor', case when named then (select jsonb_build_object('name', d.name, 'email', d.email, 'message', d.message)
      from public.pledge_donors d where d.pledge_id = (pledge).id) end);
$$;

-- All campaigns, newest first, each with its last pledges; donors are named on one's own alone (operators: on all).
create or replace function public.admin_campaigns(p_actor uuid, p_after jsonb, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 100);
  v_created timestamptz := (p_after ->> 'createdAt')::timestamptz;
  v_id uuid := (p_after ->> 'id')::uuid;
  v_rows jsonb;
begin
  perform private.require_administration(p_actor);
  select coalesce(jsonb_agg(public.campaign_view(f.c, t) || jsonb_build_object(
    'mine', private.runs_campaign(p_actor, f.c),
    'recentPledges', (select coalesce(jsonb_agg(private.pledge_row(r.p, f.c, private.runs_campaign(p_actor, f.c)) order by (r.p).created_at desc), '[]'::jsonb)
      from (select p from public.pledges p where p.campaign_id = (f.c).id order by p.created_at desc, p.id desc limit 5) r)
  ) order by (f.c).created_at desc, (f.c).id desc), '[]'::jsonb) into v_rows
  from (
    select c from public.campaigns c
    where v_created is null or (c.created_at, c.id) < (v_created, v_id)
    order by c.created_at desc, c.id desc limit v_limit + 1
  ) f join public.campaign_totals t on t.campaign_id = (f.c).id;
  return jsonb_build_object(
    'items', case when jsonb_array_length(v_rows) > v_limit then v_rows - v_limit else v_rows end,
    'next', case when jsonb_array_length(v_rows) > v_limit then jsonb_build_object(
      'createdAt', v_rows -> (v_limit - 1) -> 'campaign' -> 'createdAt', 'id', v_rows -> (v_limit - 1) -> 'campaign' -> 'id') end);
end;
$$;

-- Pledges to what the actor runs, newest first. p_filter: {campaignId?, status?, query?, held?, from?, to?}.
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
  v_held boolean := coalesce((p_filter ->> 'held')::boolean, false);
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
      and (not v_held or exists (select from public.payments y where y.pledge_id = p.id and y.review = 'held' and y.state in ('pending', 'authorized')))
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

-- What happened with money of late, newest first: each step of each payment. Own campaigns; operators: all.
create or replace function public.admin_activity(p_actor uuid, p_after jsonb, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit integer := least(greatest(p_limit, 1), 100);
  v_operator boolean := private.person_has_role(p_actor, 'operator');
  v_at timestamptz := (p_after ->> 'at')::timestamptz;
  v_id uuid := (p_after ->> 'id')::uuid;
  v_rows jsonb;
begin
  perform private.require_administration(p_actor);
  select coalesce(jsonb_agg(f.row order by f.at desc, f.id desc), '[]'::jsonb) into v_rows
  from (
    select e.at, e.id, jsonb_build_object('id', e.id, 'at', e.at, 'kind', e.kind, 'pledgeId', p.id, 'paymentId', e.payment_id,
      'campaignId', c.id, 'campaignSlug', c.slug, 'campaignTitle', c.title, 'amountMinor', p.gift_minor, 'currency', p.currency,
      'donorName', case when p.anonymous then null else d.name end) as row
    from (
      select t.event_id as id, t.at, t.to_state::text as kind, t.payment_id, y.pledge_id
      from private.payment_transitions t join public.payments y on y.id = t.payment_id
      union all
      select p.event_id, p.created_at, 'pledged', null, p.id from public.pledges p
    ) e
    join public.pledges p on p.id = e.pledge_id
    join public.campaigns c on c.id = p.campaign_id
    join public.pledge_donors d on d.pledge_id = p.id
    where (v_operator or c.owner_id = p_actor) and (v_at is null or (e.at, e.id) < (v_at, v_id))
    order by e.at desc, e.id desc limit v_limit + 1
  ) f;
  return jsonb_build_object(
    'items', case when jsonb_array_length(v_rows) > v_limit then v_rows - v_limit else v_rows end,
    'next', case when jsonb_array_length(v_rows) > v_limit then jsonb_build_object(
      'at', v_rows -> (v_limit - 1) -> 'at', 'id', v_rows -> (v_limit - 1) -> 'id') end);
end;
$$;

-- What needs a hand, sums by currency, and the money taken on each day since p_from.
create or replace function public.admin_overview(p_actor uuid, p_from timestamptz)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_operator boolean := private.person_has_role(p_actor, 'operator');
begin
  perform private.require_administration(p_actor);
  return jsonb_build_object(
    'held', (select count(*) from public.payments y join public.campaigns c on c.id = y.campaign_id
      where y.review = 'held' and y.state in ('pending', 'authorized') and (v_operator or c.owner_id = p_actor)),
    'unknown', (select count(*) from public.payments y join public.campaigns c on c.id = y.campaign_id
      where y.unknown_since < now() - interval '5 minutes' and y.state in ('pending', 'authorized', 'captured') and (v_operator or c.owner_id = p_actor)),
    'disputes', (select count(*) from public.disputes s join public.payments y on y.id = s.payment_id join public.campaigns c on c.id = y.campaign_id
      where s.status::text in ('needs_response', 'warning_needs_response') and (v_operator or c.owner_id = p_actor)),
    'refundsToApprove', (select count(*) from public.refunds r join public.payments y on y.id = r.payment_id join public.campaigns c on c.id = y.campaign_id
      where r.needs_approval and r.approved_by is null and r.status::text = 'pending' and (v_operator or c.owner_id = p_actor)),
    'drafts', (select count(*) from public.campaigns c where c.status = 'draft' and (v_operator or c.owner_id = p_actor)),
    'endingSoon', (select count(*) from public.campaigns c where c.status = 'active' and c.ends_at between now() and now() + interval '7 days'
      and (v_operator or c.owner_id = p_actor)),
    'ended', (select count(*) from public.campaigns c where c.status in ('active', 'paused') and c.ends_at <= now()
      and (v_operator or c.owner_id = p_actor)),
    'sums', (select coalesce(jsonb_agg(jsonb_build_object('currency', s.currency, 'raisedMinor', s.raised, 'pendingMinor', s.pending,
        'refundedMinor', s.refunded, 'disputedMinor', s.disputed, 'donorCount', s.donors, 'campaigns', s.campaigns) order by s.raised desc), '[]'::jsonb)
      from (select t.currency, sum(t.raised_minor) as raised, sum(t.pending_minor) as pending, sum(t.refunded_minor) as refunded,
          sum(t.disputed_minor) as disputed, sum(t.donor_count) as donors, count(*) as campaigns
        from public.campaign_totals t join public.campaigns c on c.id = t.campaign_id
        where c.status <> 'draft' and (v_operator or c.owner_id = p_actor) group by t.currency) s),
    'days', (select coalesce(jsonb_agg(jsonb_build_object('day', g.day, 'currency', g.currency, 'amountMinor', g.amount, 'gifts', g.gifts) order by g.day, g.currency), '[]'::jsonb)
      from (select (t.at at time zone 'UTC')::date as day, y.currency, sum(y.gift_minor) as amount, count(*) as gifts
        from private.payment_transitions t join public.payments y on y.id = t.payment_id join public.campaigns c on c.id = y.campaign_id
        where t.to_state = 'captured' and t.at >= p_from and (v_operator or c.owner_id = p_actor)
        group by 1, 2) g));
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
      ) s),
    'attempts', (select coalesce(jsonb_agg(jsonb_build_object('at', a.at, 'outcome', a.outcome, 'code', a.code, 'declineCode', a.decline_code) order by a.at), '[]'::jsonb)
      from private.payment_attempts a join public.payments y on y.id = a.payment_id where y.pledge_id = p_pledge),
    'rejections', (select coalesce(jsonb_agg(jsonb_build_object('at', j.at, 'subject', j.subject, 'from', j.from_state, 'to', j.to_state, 'reason', j.reason) order by j.at), '[]'::jsonb)
      from private.payment_transition_rejections j join public.payments y on y.id = j.payment_id where y.pledge_id = p_pledge),
    'ledger', (select coalesce(jsonb_agg(jsonb_build_object('at', x.at, 'cause', x.cause, 'account', a.kind, 'amountMinor', e.amount_minor, 'currency', e.currency,
        'transactionId', x.id) order by x.at, x.id, e.amount_minor desc), '[]'::jsonb)
      from private.ledger_transactions x join private.ledger_entries e on e.transaction_id = x.id join private.ledger_accounts a on a.id = e.account_id
      join public.payments y on y.id = x.payment_id where y.pledge_id = p_pledge),
    'events', (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'type', w.type, 'state', w.state, 'at', w.received_at) order by w.received_at), '[]'::jsonb)
      from private.webhook_events w join public.payments y on w.object_id in (y.intent_id, y.charge_id) where y.pledge_id = p_pledge),
    'mails', (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'kind', m.kind, 'recipient', m.recipient, 'sentAt', m.sent_at, 'sends', m.sends) order by m.created_at), '[]'::jsonb)
      from private.giving_mails m where m.pledge_id = p_pledge));
end;
$$;

-- A donor's own gifts, newest first. p_filter: {from?, to?}: by the time of the pledge.
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
  select coalesce(jsonb_agg(private.pledge_row(f.p, f.c, true) || jsonb_build_object(
    'capturedAt', (select max(t.at) from private.payment_transitions t join public.payments y on y.id = t.payment_id
      where y.pledge_id = (f.p).id and t.to_state = 'captured')) order by (f.p).created_at desc, (f.p).id desc), '[]'::jsonb) into v_rows
  from (
    select p, c from public.pledges p join public.campaigns c on c.id = p.campaign_id
    where p.user_id = p_user
      and (p_filter ->> 'from' is null or p.created_at >= (p_filter ->> 'from')::timestamptz)
      and (p_filter ->> 'to' is null or p.created_at < (p_filter ->> 'to')::timestamptz)
      and (v_created is null or (p.created_at, p.id) < (v_created, v_id))
    order by p.created_at desc, p.id desc limit v_limit + 1
  ) f;
  return jsonb_build_object(
    'items', case when jsonb_array_length(v_rows) > v_limit then v_rows - v_limit else v_rows end,
    'next', case when jsonb_array_length(v_rows) > v_limit then jsonb_build_object(
      'createdAt', v_rows -> (v_limit - 1) -> 'createdAt', 'id', v_rows -> (v_limit - 1) -> 'id') end);
end;
$$;

revoke all on function private.runs_campaign(uuid, public.campaigns) from public, anon, authenticated, service_role;
revoke all on function private.require_administration(uuid) from public, anon, authenticated, service_role;
revoke all on function private.pledge_row(public.pledges, public.campaigns, boolean) from public, anon, authenticated, service_role;
revoke all on function public.admin_campaigns(uuid, jsonb, integer) from public, anon, authenticated;
revoke all on function public.admin_pledges(uuid, jsonb, jsonb, integer) from public, anon, authenticated;
revoke all on function public.admin_activity(uuid, jsonb, integer) from public, anon, authenticated;
revoke all on function public.admin_overview(uuid, timestamptz) from public, anon, authenticated;
revoke all on function public.admin_pledge_story(uuid, uuid) from public, anon, authenticated;
revoke all on function public.list_my_gifts(uuid, jsonb, jsonb, integer) from public, anon, authenticated;
grant execute on function public.admin_campaigns(uuid, jsonb, integer) to service_role;
grant execute on function public.admin_pledges(uuid, jsonb, jsonb, integer) to service_role;
grant execute on function public.admin_activity(uuid, jsonb, integer) to service_role;
grant execute on function public.admin_overview(uuid, timestamptz) to service_role;
grant execute on function public.admin_pledge_story(uuid, uuid) to service_role;
grant execute on function public.list_my_gifts(uuid, jsonb, jsonb, integer) to service_role;

-- A title as an address, as lib/giving/campaign/rules.ts makes it: accents of any Latin script go, letters stay.
create or replace function private.slug_of(title text)
returns text
language sql
immutable
set search_path = ''
as $$
  select case when char_length(s.slug) >= 3 then s.slug else rtrim('campaign-' || s.slug, '-') end
  from (
    select btrim(left(btrim(regexp_replace(
      regexp_replace(normalize(translate(
        replace(replace(replace(replace(lower($1), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'øłđðı''’', 'olddi'), nfkd), '[\u0300-\u036f]', '', 'g'),
      '[^a-z0-9]+', '-', 'g'), '-'), 70), '-') as slug
  ) s;
$$;
