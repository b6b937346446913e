-- A refund that the provider finally refuses is told to who asked for it (or, when the system or the provider's dashboard did, to who owns
-- the campaign): a notice here, in the transaction in which it ends, and a mail by the workflow that hears of it.

alter table private.giving_mails drop constraint giving_mails_kind_check;
alter table private.giving_mails add constraint giving_mails_kind_check
  check (kind in ('thanks', 'receipt', 'refund', 'failure', 'refund_failed', 'owner_gift', 'owner_digest'));

-- Whom a refund that came to nothing concerns.
create or replace function private.refund_asker(refund public.refunds)
returns uuid
language sql
stable
set search_path = ''
as $$
  select coalesce((refund).requested_by, c.owner_id)
  from public.payments y join public.campaigns c on c.id = y.campaign_id where y.id = (refund).payment_id;
$$;

create or replace function private.tell_failed_refund()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_pledge uuid;
  v_title text;
begin
  select y.pledge_id, c.title into strict v_pledge, v_title
  from public.payments y join public.campaigns c on c.id = y.campaign_id where y.id = new.payment_id;
  perform private.notify(private.refund_asker(new), 'giving.refund_failed', 'A refund did not go through',
    left(format('Money of a gift to %s did not go back to its donor. See why, and what can be done.', v_title), 500),
    '/admin/pledges/' || v_pledge::text);
  return null;
end;
$$;

create trigger refunds_tell_failed_new after insert on public.refunds
  for each row when (new.status = 'failed') execute function private.tell_failed_refund();
create trigger refunds_tell_failed after update of status on public.refunds
  for each row when (new.status = 'failed' and old.status <> 'failed') execute function private.tell_failed_refund();

-- What the mail about a failed refund says, and who gets it; null when it has not failed, or nobody is left to tell.
create or replace function public.read_failed_refund(p_refund uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'refundId', r.id, 'paymentId', y.id, 'pledgeId', y.pledge_id, 'campaignId', c.id, 'campaignTitle', c.title, 'amountMinor', r.amount_minor,
    'currency', r.currency, 'failureReason', r.failure_reason, 'asked', r.requested_by is not null, 'cardBrand', y.card_brand, 'cardLast4', y.card_last4,
    'to', jsonb_build_object('email', u.email, 'name', (select f.display_name from public.profiles f where f.id = u.id)))
  from public.refunds r
  join public.payments y on y.id = r.payment_id
  join public.campaigns c on c.id = y.campaign_id
  join auth.users u on u.id = private.refund_asker(r)
  where r.id = p_refund and r.status = 'failed';
$$;

revoke all on function private.refund_asker(public.refunds) from public, anon, authenticated, service_role;
revoke all on function private.tell_failed_refund() from public, anon, authenticated, service_role;
revoke all on function public.read_failed_refund(uuid) from public, anon, authenticated;
grant execute on function public.read_failed_refund(uuid) to service_role;
