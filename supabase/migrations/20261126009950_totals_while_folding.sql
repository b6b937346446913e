-- Events are folded in whatever order they come. A gift's end before its beginning takes the stored sums below zero for as long as the
-- beginning is under way. The stored row stays the sum of what was folded, because that is what makes the order not matter; nobody is told
-- of less than nothing. What is raised can be below zero in earnest, when a refund is folded before its capture, and is told as it is.
create or replace function public.campaign_view(p_campaign public.campaigns, p_totals public.campaign_totals)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'campaign', jsonb_build_object(
      'id', p_campaign.id, 'ownerId', p_campaign.owner_id, 'slug', p_campaign.slug, 'title', p_campaign.title,
      'summary', p_campaign.summary, 'story', p_campaign.story, 'goalMinor', p_campaign.goal_minor,
      'currency', p_campaign.currency, 'status', p_campaign.status, 'endsAt', p_campaign.ends_at,
      'coverImage', p_campaign.cover_image, 'version', p_campaign.version, 'createdAt', p_campaign.created_at,
      'updatedAt', p_campaign.updated_at, 'publishedAt', p_campaign.published_at, 'closedAt', p_campaign.closed_at),
    'totals', jsonb_build_object(
      'currency', p_totals.currency, 'raisedMinor', p_totals.raised_minor, 'pendingMinor', greatest(p_totals.pending_minor, 0),
      'refundedMinor', greatest(p_totals.refunded_minor, 0), 'disputedMinor', greatest(p_totals.disputed_minor, 0),
      'goalMinor', p_campaign.goal_minor, 'donorCount', p_totals.donor_count, 'pledgeCount', greatest(p_totals.pledge_count, 0),
      'completedCount', p_totals.completed_count, 'failedCount', greatest(p_totals.failed_count, 0),
      'version', p_totals.version, 'asOf', p_totals.as_of));
$$;
