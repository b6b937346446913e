-- How far the ending of a cancelled campaign is: promises and holds that are let go, gifts that go back, and those that do not.

-- For whoever runs the campaign; null while it is not cancelled.
create or replace function public.admin_cancellation(p_actor uuid, p_campaign uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_campaign public.campaigns;
begin
  select c.* into v_campaign from public.campaigns c where c.id = p_campaign;
  if v_campaign.id is null or not private.runs_campaign(p_actor, v_campaign) then
    perform private.refuse(404, 'not_found', 'There is no such campaign.');
  end if;
  if v_campaign.status <> 'cancelled' then
    return null;
  end if;
  return (
    with held as (
      -- What was open when the campaign was cancelled, or came in that moment.
      select y.state from public.pledges p
      join lateral (select z.state from public.payments z where z.pledge_id = p.id order by z.number desc limit 1) y on true
      where p.campaign_id = p_campaign and (p.status = 'pending' or exists (
        select from private.pledge_transitions t where t.pledge_id = p.id and t.to_status = 'canceled' and t.cause = 'campaign_cancelled'))
    ), taken as (
      select y.id, y.pledge_id, y.currency, r.returned, r.on_its_way, r.failure, r.failed,
        y.captured_minor - y.disputed_minor - y.lost_minor - y.refunded_minor as kept
      from public.payments y
      join public.pledges p on p.id = y.pledge_id
      cross join lateral (
        select coalesce(sum(f.amount_minor) filter (where f.status = 'succeeded' and f.created_at >= v_campaign.closed_at), 0) as returned,
          coalesce(sum(f.amount_minor) filter (where f.status in ('pending', 'requires_action')), 0) as on_its_way,
          coalesce(bool_or(f.status = 'failed' and f.reason = 'campaign_cancelled'), false) as failed,
          (array_agg(f.failure_reason order by f.created_at desc) filter (where f.status = 'failed'))[1] as failure
        from public.refunds f where f.payment_id = y.id
      ) r
      where y.campaign_id = p_campaign and y.captured_minor > 0 and p.status in ('captured', 'completed')
    ), gifts as (
      select t.*, t.kept > 0 and t.on_its_way = 0 and t.failed as stuck from taken t where t.kept > 0 or t.returned > 0
    )
    select jsonb_build_object('campaignId', p_campaign, 'cancelledAt', v_campaign.closed_at, 'currency', v_campaign.currency,
      'holds', (select jsonb_build_object('total', count(*), 'ended', count(*) filter (where h.state in ('canceled', 'failed'))) from held h),
      'gifts', (select jsonb_build_object('total', count(*), 'returned', count(*) filter (where g.kept = 0), 'failed', count(*) filter (where g.stuck),
          'totalMinor', coalesce(sum(g.kept + g.returned), 0), 'returnedMinor', coalesce(sum(g.returned), 0)) from gifts g),
      -- Named, because somebody has to return their money in another way; the rest is behind the list of pledges.
      'failures', (select coalesce(jsonb_agg(jsonb_build_object('pledgeId', f.pledge_id, 'amountMinor', f.kept, 'failureReason', f.failure,
          'donorName', d.name, 'donorEmail', d.email)), '[]'::jsonb)
        from (select g.* from gifts g where g.stuck order by g.kept desc, g.pledge_id limit 50) f
        join public.pledge_donors d on d.pledge_id = f.pledge_id)));
end;
$$;

revoke all on function public.admin_cancellation(uuid, uuid) from public, anon, authenticated;
grant execute on function public.admin_cancellation(uuid, uuid) to service_role;
