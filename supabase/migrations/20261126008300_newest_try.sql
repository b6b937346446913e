-- Bad news waits until it is certain: who has tried again meanwhile, with another card or another sum, is not told that the try
-- before did not go through. What comes of the newest try is told for itself.

-- What a mail or a receipt about a payment says, with who gets it. `newest`: nothing was tried after it, for the same pledge or
-- with the same address for the same campaign. `campaignStatus`: of a cancelled campaign it is said that it was.
create or replace function public.read_mail_facts(p_payment uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'pledgeId', p.id, 'paymentId', y.id, 'campaignId', c.id, 'campaignSlug', c.slug, 'campaignTitle', c.title, 'campaignStatus', c.status,
    'giftMinor', y.gift_minor, 'coverMinor', y.cover_minor, 'totalMinor', y.gift_minor + y.cover_minor, 'currency', y.currency,
    'refundedMinor', y.refunded_minor, 'lostMinor', y.lost_minor, 'state', y.state, 'anonymous', p.anonymous, 'cardBrand', y.card_brand, 'cardLast4', y.card_last4,
    'newest', not exists (select from public.payments z where z.pledge_id = p.id and z.number > y.number)
      and not exists (select from public.pledge_donors e join public.pledges k on k.id = e.pledge_id
        where e.email_hash = d.email_hash and k.campaign_id = p.campaign_id and k.id <> p.id and k.created_at > y.created_at),
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
