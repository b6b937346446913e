-- What went wrong with money back is told and stands in the administration until somebody has dealt with it: a refund that failed (its donor is
-- told too, when it had seemed through), a dispute, a difference to the provider.

alter table private.giving_mails drop constraint giving_mails_kind_check;
alter table private.giving_mails add constraint giving_mails_kind_check
  check (kind in ('thanks', 'receipt', 'refund', 'failure', 'refund_failed', 'refund_corrected', 'dispute', 'dispute_owner', 'owner_gift', 'owner_digest'));

-- A failed refund that somebody has dealt with in another way, such as a bank transfer.
create table private.refund_failures_settled (
  refund_id uuid primary key references public.refunds (id),
  note text not null check (char_length(note) between 1 and 1000),
  settled_by uuid references auth.users (id) on delete set null,
  settled_at timestamptz not null default now()
);

create index refund_failures_settled_by on private.refund_failures_settled (settled_by) where settled_by is not null;
create index refunds_failed on public.refunds (payment_id) where status = 'failed';

revoke all on private.refund_failures_settled from public, anon, authenticated, service_role;
-- No policy: nobody reads or writes it but functions.
alter table private.refund_failures_settled enable row level security;

-- Whether a failed refund still wants somebody: neither dealt with, nor asked for again, and its money is still here.
create or replace function private.refund_failure_open(refund public.refunds)
returns boolean
language sql
stable
set search_path = ''
as $$
  select (refund).status = 'failed'
    and not exists (select from private.refund_failures_settled s where s.refund_id = (refund).id)
    and not exists (select from public.refunds r where r.payment_id = (refund).payment_id and r.id <> (refund).id
      and (r.created_at, r.id) > ((refund).created_at, (refund).id) and r.status <> 'canceled')
    and (select private.refund_left(y) > 0 from public.payments y where y.id = (refund).payment_id);
$$;

-- Whether a refund has once been through: then its donor was told so.
create or replace function private.refund_had_succeeded(refund uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select from private.money_back_transitions t where t.subject = 'refund' and t.subject_id = refund and t.to_status = 'succeeded');
$$;

-- Says that a failed refund was dealt with, and how; once.
create or replace function public.settle_failed_refund(p_actor uuid, p_refund uuid, p_note text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_refund public.refunds;
  v_campaign public.campaigns;
begin
  select r.* into v_refund from public.refunds r where r.id = p_refund;
  select c.* into v_campaign from public.payments y join public.campaigns c on c.id = y.campaign_id where y.id = v_refund.payment_id;
  if v_campaign.id is null or not private.runs_campaign(p_actor, v_campaign) then
    perform private.refuse(404, 'not_found', 'There is no such refund.');
  end if;
  if char_length(btrim(coalesce(p_note, ''))) not between 1 and 1000 then
    perform private.refuse_field('note', 'Say in up to 1,000 characters what was done.');
  end if;
  if not private.refund_failure_open(v_refund) then
    perform private.refuse(409, 'conflict', 'This refund waits for nobody. Load the page again.');
  end if;
  insert into private.refund_failures_settled (refund_id, note, settled_by) values (p_refund, btrim(p_note), p_actor)
  on conflict (refund_id) do nothing;
end;
$$;

-- The failed refund of a pledge that still wants somebody, or how it was dealt with; null: none has failed.
create or replace function public.admin_failed_refund(p_actor uuid, p_pledge uuid)
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
  return (
    select jsonb_build_object('id', r.id, 'amountMinor', r.amount_minor, 'currency', r.currency, 'failureReason', r.failure_reason,
      'open', private.refund_failure_open(r), 'donorTold', private.refund_had_succeeded(r.id), 'note', s.note, 'settledAt', s.settled_at,
      'settledBy', (select f.display_name from public.profiles f where f.id = s.settled_by))
    from public.refunds r join public.payments y on y.id = r.payment_id
    left join private.refund_failures_settled s on s.refund_id = r.id
    where y.pledge_id = p_pledge and r.status = 'failed' and (private.refund_failure_open(r) or s.refund_id is not null)
    order by private.refund_failure_open(r) desc, r.created_at desc limit 1);
end;
$$;

-- What the mail about a failed refund says, and who gets it; null when it has not failed, or nobody is left to tell. `donorTold`: it had
-- seemed through, so its donor heard of it, and hears of this.
create or replace function public.read_failed_refund(p_refund uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'refundId', r.id, 'paymentId', y.id, 'pledgeId', y.pledge_id, 'campaignId', c.id, 'campaignTitle', c.title, 'amountMinor', r.amount_minor,
    'currency', r.currency, 'failureReason', r.failure_reason, 'asked', r.requested_by is not null, 'donorTold', private.refund_had_succeeded(r.id), 'cardBrand', y.card_brand, 'cardLast4', y.card_last4,
    'to', jsonb_build_object('email', u.email, 'name', (select f.display_name from public.profiles f where f.id = u.id)))
  from public.refunds r
  join public.payments y on y.id = r.payment_id
  join public.campaigns c on c.id = y.campaign_id
  join auth.users u on u.id = private.refund_asker(r)
  where r.id = p_refund and r.status = 'failed';
$$;

-- How a refund stands, for mails to its donor; null: there is none.
create or replace function public.read_refund_news(p_refund uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('paymentId', r.payment_id, 'status', r.status, 'amountMinor', r.amount_minor, 'hadSucceeded', private.refund_had_succeeded(r.id))
  from public.refunds r where r.id = p_refund;
$$;

-- What mails about a dispute say, and who gets them; `owner` is null when nobody owns the campaign any more.
create or replace function public.read_dispute_news(p_dispute uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('disputeId', d.id, 'paymentId', y.id, 'pledgeId', y.pledge_id, 'campaignId', c.id, 'campaignTitle', c.title,
    'status', d.status, 'reason', d.reason, 'amountMinor', d.amount_minor, 'feeMinor', d.fee_minor, 'currency', d.currency,
    'evidenceDueBy', d.evidence_due_by, 'cardBrand', y.card_brand, 'cardLast4', y.card_last4,
    'donor', jsonb_build_object('name', e.name, 'email', e.email),
    'owner', case when u.id is not null then jsonb_build_object('email', u.email,
      'name', (select f.display_name from public.profiles f where f.id = u.id)) end)
  from public.disputes d
  join public.payments y on y.id = d.payment_id
  join public.campaigns c on c.id = y.campaign_id
  join public.pledge_donors e on e.pledge_id = y.pledge_id
  left join auth.users u on u.id = c.owner_id
  where d.id = p_dispute;
$$;

-- Who runs the campaign hears at once that a bank asks, and how it ended.
create or replace function private.tell_dispute()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner uuid;
  v_campaign text;
  v_title text;
  v_body text;
begin
  select c.owner_id, c.title into strict v_owner, v_campaign
  from public.payments y join public.campaigns c on c.id = y.campaign_id where y.id = new.payment_id;
  case new.status
    when 'needs_response' then
      v_title := 'A gift is disputed';
      v_body := 'A donor''s bank has taken back a gift to %s. Answer in time, and it may come back.';
    when 'warning_needs_response' then
      v_title := 'A bank asks about a gift';
      v_body := 'No money of a gift to %s has moved. An answer may prevent a dispute.';
    when 'won' then
      v_title := 'A dispute is won';
      v_body := 'The money of a gift to %s is back. The fee of the dispute is not.';
    when 'lost' then
      v_title := 'A dispute is lost';
      v_body := 'A gift to %s stays with the cardholder, and counts no more.';
    else
      return null;
  end case;
  perform private.notify(v_owner, 'giving.dispute', v_title, left(format(v_body, v_campaign), 500), '/admin/disputes/' || new.id::text);
  return null;
end;
$$;

create trigger disputes_tell_new after insert on public.disputes for each row execute function private.tell_dispute();
create trigger disputes_tell after update of status on public.disputes
  for each row when (new.status <> old.status) execute function private.tell_dispute();

-- Pledges to what the actor runs, newest first. p_filter: {campaignId?, status?, query?, needs?, from?, to?}. `needs`: a decision about a
-- held payment, an answer to a dispute, an approval of a refund, a hand with a refund that failed, or a payment's outcome.
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
        where y.pledge_id = p.id and s.status in ('needs_response', 'warning_needs_response') and private.dispute_closed_words(s) is null))
      and (v_needs <> 'refund' or exists (select from public.refunds r join public.payments y on y.id = r.payment_id
        where y.pledge_id = p.id and r.status = 'failed' and private.refund_failure_open(r)))
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
      where s.status in ('needs_response', 'warning_needs_response') and private.dispute_closed_words(s) is null and (v_operator or c.owner_id = p_actor)),
    'refundsToApprove', (select count(*) from public.refunds r join public.payments y on y.id = r.payment_id join public.campaigns c on c.id = y.campaign_id
      where r.needs_approval and r.approved_by is null and r.status::text = 'pending' and (v_operator or c.owner_id = p_actor)),
    'refundsFailed', (select count(*) from public.refunds r join public.payments y on y.id = r.payment_id join public.campaigns c on c.id = y.campaign_id
      where r.status = 'failed' and private.refund_failure_open(r) and (v_operator or c.owner_id = p_actor)),
    -- They are for operators to decide; to others they are nobody's.
    'discrepancies', case when v_operator
      then (select count(*) from private.reconciliation_discrepancies d where d.state = 'open') else 0 end,
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

revoke all on function private.refund_failure_open(public.refunds) from public, anon, authenticated, service_role;
revoke all on function private.refund_had_succeeded(uuid) from public, anon, authenticated, service_role;
revoke all on function private.tell_dispute() from public, anon, authenticated, service_role;
revoke all on function public.settle_failed_refund(uuid, uuid, text) from public, anon, authenticated;
revoke all on function public.admin_failed_refund(uuid, uuid) from public, anon, authenticated;
revoke all on function public.read_refund_news(uuid) from public, anon, authenticated;
revoke all on function public.read_dispute_news(uuid) from public, anon, authenticated;
grant execute on function public.settle_failed_refund(uuid, uuid, text) to service_role;
grant execute on function public.admin_failed_refund(uuid, uuid) to service_role;
grant execute on function public.read_refund_news(uuid) to service_role;
grant execute on function public.read_dispute_news(uuid) to service_role;
