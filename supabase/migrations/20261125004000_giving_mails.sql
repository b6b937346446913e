-- Mails about gifts: each once for each fact, whatever is delivered twice, and again only when somebody asks for it.

create type public.owner_updates as enum ('digest', 'each', 'none');

create table private.giving_mails (
  id uuid primary key default gen_random_uuid(),
  -- What it tells of, e.g. `receipt:<payment>`: one fact, one mail.
  fact text not null unique check (char_length(fact) between 3 and 200),
  kind text not null check (kind in ('thanks', 'receipt', 'refund', 'failure', 'owner_gift', 'owner_digest')),
  pledge_id uuid references public.pledges (id),
  campaign_id uuid references public.campaigns (id),
  recipient text not null check (char_length(recipient) between 3 and 254),
  -- How often it was handed to the provider; part of the provider's idempotency key while it is under way.
  sends integer not null default 0,
  sent_at timestamptz,
  created_at timestamptz not null default now()
);

create index giving_mails_pledge on private.giving_mails (pledge_id) where pledge_id is not null;
create index giving_mails_campaign on private.giving_mails (campaign_id) where campaign_id is not null;

-- How somebody who runs campaigns hears of gifts; a digest unless they chose. No row: they have not chosen.
create table public.owner_mail_preferences (
  user_id uuid primary key references auth.users (id) on delete cascade,
  updates public.owner_updates not null default 'digest',
  updated_at timestamptz not null default now()
);

revoke all on private.giving_mails from public, anon, authenticated, service_role;
revoke all on public.owner_mail_preferences from public, anon, authenticated, service_role;
grant select on public.owner_mail_preferences to authenticated;
grant usage on type public.owner_updates to authenticated, service_role;

alter table private.giving_mails enable row level security;
alter table public.owner_mail_preferences enable row level security;
create policy "People see how they hear of gifts" on public.owner_mail_preferences
  for select to authenticated using (user_id = (select auth.uid()));

-- Reserves the mail about a fact. `due` is false once it was sent: whoever comes later has nothing to do.
create or replace function public.claim_giving_mail(p_fact text, p_kind text, p_pledge uuid, p_campaign uuid, p_recipient text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_mail private.giving_mails;
begin
  insert into private.giving_mails (fact, kind, pledge_id, campaign_id, recipient)
  values (p_fact, p_kind, p_pledge, p_campaign, p_recipient)
  on conflict (fact) do nothing;
  select m.* into strict v_mail from private.giving_mails m where m.fact = p_fact;
  return jsonb_build_object('id', v_mail.id, 'due', v_mail.sent_at is null, 'number', v_mail.sends + 1, 'recipient', v_mail.recipient);
end;
$$;

-- Notes that the mail's number was taken by the provider. A repetition of the same number changes nothing.
create or replace function public.settle_giving_mail(p_id uuid, p_number integer)
returns void
language sql
security definer
set search_path = ''
as $$
  update private.giving_mails m set sent_at = now(), sends = p_number where m.id = p_id and m.sends < p_number;
$$;

-- A mail that may be sent again by p_actor: the operator, or who runs the campaign of the gift.
create or replace function public.read_giving_mail(p_actor uuid, p_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_mail private.giving_mails;
  v_campaign public.campaigns;
begin
  select m.* into v_mail from private.giving_mails m where m.id = p_id;
  select c.* into v_campaign from public.campaigns c
  where c.id = coalesce(v_mail.campaign_id, (select p.campaign_id from public.pledges p where p.id = v_mail.pledge_id));
  if v_campaign.id is null then
    perform private.refuse(404, 'not_found', 'There is no such mail.');
  end if;
  perform private.require_manager(p_actor, v_campaign);
  return jsonb_build_object('id', v_mail.id, 'fact', v_mail.fact, 'kind', v_mail.kind, 'pledgeId', v_mail.pledge_id,
    'campaignId', v_mail.campaign_id, 'recipient', v_mail.recipient, 'number', v_mail.sends + 1);
end;
$$;

-- What a mail about a payment says, with who gets it.
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
    'refundedMinor', y.refunded_minor, 'state', y.state, 'anonymous', p.anonymous, 'cardBrand', y.card_brand, 'cardLast4', y.card_last4,
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

-- Who is to hear of yesterday's gifts: one row for each campaign whose owner has a digest.
create or replace function public.list_owner_digests(p_from timestamptz, p_to timestamptz)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'campaignId', g.id, 'campaignSlug', g.slug, 'campaignTitle', g.title, 'currency', g.currency, 'gifts', g.gifts, 'amountMinor', g.amount,
    'raisedMinor', g.raised_minor, 'goalMinor', g.goal_minor,
    'owner', jsonb_build_object('id', g.owner_id, 'email', g.email, 'name', g.name))), '[]'::jsonb)
  from (
    select c.id, c.slug, c.title, c.currency, c.goal_minor, o.raised_minor, c.owner_id, u.email, f.display_name as name,
      count(*) as gifts, sum(y.gift_minor) as amount
    from private.payment_transitions t
    join public.payments y on y.id = t.payment_id
    join public.campaigns c on c.id = y.campaign_id
    join public.campaign_totals o on o.campaign_id = c.id
    join auth.users u on u.id = c.owner_id
    join public.profiles f on f.id = u.id
    left join public.owner_mail_preferences q on q.user_id = u.id
    where t.to_state = 'captured' and t.at >= p_from and t.at < p_to and coalesce(q.updates, 'digest') = 'digest'
    group by c.id, o.raised_minor, u.email, f.display_name
  ) g;
$$;

-- How somebody wants to hear of gifts to their campaigns.
create or replace function public.set_owner_updates(p_user uuid, p_updates public.owner_updates)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into public.owner_mail_preferences (user_id, updates)
  select p_user, p_updates where exists (select from auth.users u where u.id = p_user)
  on conflict (user_id) do update set updates = excluded.updates, updated_at = now();
$$;

revoke all on function public.claim_giving_mail(text, text, uuid, uuid, text) from public, anon, authenticated;
revoke all on function public.settle_giving_mail(uuid, integer) from public, anon, authenticated;
revoke all on function public.read_giving_mail(uuid, uuid) from public, anon, authenticated;
revoke all on function public.read_mail_facts(uuid) from public, anon, authenticated;
revoke all on function public.list_owner_digests(timestamptz, timestamptz) from public, anon, authenticated;
revoke all on function public.set_owner_updates(uuid, public.owner_updates) from public, anon, authenticated;
grant execute on function public.claim_giving_mail(text, text, uuid, uuid, text) to service_role;
grant execute on function public.settle_giving_mail(uuid, integer) to service_role;
grant execute on function public.read_giving_mail(uuid, uuid) to service_role;
grant execute on function public.read_mail_facts(uuid) to service_role;
grant execute on function public.list_owner_digests(timestamptz, timestamptz) to service_role;
grant execute on function public.set_owner_updates(uuid, public.owner_updates) to service_role;
