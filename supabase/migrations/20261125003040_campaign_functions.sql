-- What may be done with a campaign. p_actor is whom the route has authorised; the role is looked up again here.

create or replace function private.person_has_role(person uuid, wanted public.app_role)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select from public.user_roles r where r.user_id = $1 and r.role = $2);
$$;

-- Refuses who may not manage the campaign: its owner, as long as they are a campaign admin, and operators may.
create or replace function private.require_manager(actor uuid, campaign public.campaigns)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if actor is not null and (private.person_has_role(actor, 'operator')
    or (campaign.owner_id = actor and private.person_has_role(actor, 'campaign_admin'))) then
    return;
  end if;
  perform private.refuse(403, 'forbidden', 'This campaign is somebody else''s. Only who runs it, or an operator, may do this.');
end;
$$;

-- A title as an address: letters, digits and single hyphens.
create or replace function private.slug_of(title text)
returns text
language sql
immutable
set search_path = ''
as $$
  select case when char_length(s.slug) >= 3 then s.slug else rtrim('campaign-' || s.slug, '-') end
  from (
    select btrim(left(regexp_replace(
      translate(lower(replace(replace($1, 'ß', 'ss'), '''', '')), 'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ', 'aaaaaaceeeeiiiinoooooouuuuyy'),
      '[^a-z0-9]+', '-', 'g'), 70), '-') as slug
  ) s;
$$;

-- Refuses a campaign whose fields break a rule, naming the field.
create or replace function private.check_campaign(campaign public.campaigns)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_step integer;
begin
  if campaign.title is null or char_length(btrim(campaign.title)) not between 3 and 120 then
    perform private.refuse_field('title', 'A title has 3 to 120 characters.');
  end if;
  if campaign.summary is null or char_length(btrim(campaign.summary)) not between 1 and 300 then
    perform private.refuse_field('summary', 'A summary has 1 to 300 characters.');
  end if;
  if campaign.story is null or char_length(campaign.story) not between 1 and 20000 then
    perform private.refuse_field('story', 'A story has 1 to 20,000 characters.');
  end if;
  if campaign.slug !~ '^[a-z0-9]+(-[a-z0-9]+)*$' or char_length(campaign.slug) not between 3 and 80
    or campaign.slug ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
    perform private.refuse_field('slug', 'A slug has 3 to 80 small letters and digits, with single hyphens between them, and is no id.');
  end if;
  select c.step_minor into v_step from private.currencies c where c.code = campaign.currency;
  if v_step is null then
    perform private.refuse_field('currency', 'We do not take this currency.');
  end if;
  if campaign.goal_minor is null or campaign.goal_minor not between 1 and 1000000000000 or campaign.goal_minor % v_step <> 0 then
    perform private.refuse_field('goalMinor', 'A goal is a positive amount of minor units, at most 1,000,000,000,000.');
  end if;
  if campaign.cover_image is not null
    and (char_length(campaign.cover_image) > 2048 or campaign.cover_image !~ '^(/[^/\\]|https://)') then
    perform private.refuse_field('coverImage', 'A cover image is a path of this site or an https address.');
  end if;
end;
$$;

-- Makes a draft with its totals at zero and its accounts.
create or replace function public.create_campaign(p_actor uuid, p_campaign jsonb, p_traceparent text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_new public.campaigns := jsonb_populate_record(null::public.campaigns, '{}');
  v_campaign public.campaigns;
  v_totals public.campaign_totals;
  v_given text := nullif(p_campaign ->> 'slug', '');
  v_base text;
begin
  if not (private.person_has_role(p_actor, 'campaign_admin') or private.person_has_role(p_actor, 'operator')) then
    perform private.refuse(403, 'forbidden', 'Only campaign admins start campaigns.');
  end if;
  v_base := coalesce(v_given, private.slug_of(coalesce(p_campaign ->> 'title', '')));
  v_new.title := btrim(p_campaign ->> 'title');
  v_new.summary := btrim(p_campaign ->> 'summary');
  v_new.story := p_campaign ->> 'story';
  v_new.goal_minor := (p_campaign ->> 'goalMinor')::bigint;
  v_new.currency := p_campaign ->> 'currency';
  v_new.ends_at := (p_campaign ->> 'endsAt')::timestamptz;
  v_new.cover_image := nullif(p_campaign ->> 'coverImage', '');
  v_new.slug := v_base;
  perform private.check_campaign(v_new);
  if v_new.ends_at <= now() then
    perform private.refuse_field('endsAt', 'The end lies in the past.');
  end if;
  for i in 1..6 loop
    insert into public.campaigns (owner_id, slug, title, summary, story, goal_minor, currency, ends_at, cover_image)
    values (p_actor, v_new.slug, v_new.title, v_new.summary, v_new.story, v_new.goal_minor, v_new.currency, v_new.ends_at, v_new.cover_image)
    on conflict (slug) do nothing
    returning * into v_campaign;
    exit when found or v_given is not null;
    -- Nobody asked for this one by name: the next number, and at last something that nobody has.
    v_new.slug := v_base || '-' || case when i < 5 then (i + 1)::text else encode(extensions.gen_random_bytes(4), 'hex') end;
  end loop;
  if v_campaign.id is null then
    perform private.refuse(409, 'slug_taken', 'Another campaign has this address already. Choose another slug.');
  end if;
  insert into public.campaign_totals (campaign_id, currency) values (v_campaign.id, v_campaign.currency) returning * into v_totals;
  perform private.open_ledger_accounts(v_campaign.id, v_campaign.currency);
  perform private.append_outbox('campaign', v_campaign.id, 'giving/campaign.created', jsonb_build_object(
    'campaignId', v_campaign.id, 'slug', v_campaign.slug, 'status', v_campaign.status, 'version', v_campaign.version),
    nullif(p_traceparent, ''));
  return public.campaign_view(v_campaign, v_totals);
end;
$$;

-- Changes what p_changes names, when p_version is still the present one.
create or replace function public.update_campaign(
  p_actor uuid, p_campaign uuid, p_version bigint, p_changes jsonb, p_traceparent text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_old public.campaigns;
  v_new public.campaigns;
  v_totals public.campaign_totals;
  v_changed text[];
begin
  select c.* into v_old from public.campaigns c where c.id = p_campaign for update;
  if not found then
    perform private.refuse(404, 'not_found', 'There is no such campaign.');
  end if;
  perform private.require_manager(p_actor, v_old);
  if v_old.version <> p_version then
    perform private.refuse(412, 'precondition_failed', 'Somebody changed this campaign since you read it. Read it again, and make your change anew.');
  end if;
  v_new := v_old;
  if p_changes ? 'title' then v_new.title := btrim(p_changes ->> 'title'); end if;
  if p_changes ? 'summary' then v_new.summary := btrim(p_changes ->> 'summary'); end if;
  if p_changes ? 'story' then v_new.story := p_changes ->> 'story'; end if;
  if p_changes ? 'slug' then v_new.slug := coalesce(p_changes ->> 'slug', ''); end if;
  if p_changes ? 'goalMinor' then v_new.goal_minor := (p_changes ->> 'goalMinor')::bigint; end if;
  if p_changes ? 'currency' then v_new.currency := p_changes ->> 'currency'; end if;
  if p_changes ? 'endsAt' then v_new.ends_at := (p_changes ->> 'endsAt')::timestamptz; end if;
  if p_changes ? 'coverImage' then v_new.cover_image := nullif(p_changes ->> 'coverImage', ''); end if;
  if p_changes ? 'status' then v_new.status := (p_changes ->> 'status')::public.campaign_status; end if;
  perform private.check_campaign(v_new);
  if v_new.currency <> v_old.currency and v_old.status <> 'draft' then
    perform private.refuse_field('currency', 'A campaign that was published keeps its currency.');
  end if;
  if v_new.ends_at <= now() and (v_new.ends_at is distinct from v_old.ends_at or (v_new.status = 'active' and v_old.status <> 'active')) then
    perform private.refuse_field('endsAt', 'The end lies in the past.');
  end if;
  if v_new.status <> v_old.status and not exists (
    select from private.campaign_steps s where s.from_status = v_old.status and s.to_status = v_new.status
  ) then
    perform private.refuse(409, 'illegal_status_step', format('A campaign that is %s cannot become %s.', v_old.status, v_new.status));
  end if;
  select array_agg(n.key order by n.key) into v_changed
  from jsonb_each(to_jsonb(v_new)) n join jsonb_each(to_jsonb(v_old)) o on o.key = n.key
  where n.value is distinct from o.value;
  if v_changed is not null then
    begin
      update public.campaigns c
      set title = v_new.title, summary = v_new.summary, story = v_new.story, slug = v_new.slug, goal_minor = v_new.goal_minor,
        currency = v_new.currency, ends_at = v_new.ends_at, cover_image = v_new.cover_image, status = v_new.status,
        version = v_old.version + 1,
        published_at = case when v_new.status = 'active' then coalesce(v_old.published_at, now()) else v_old.published_at end,
        closed_at = case when v_new.status in ('completed', 'cancelled') then coalesce(v_old.closed_at, now()) end
      where c.id = p_campaign
      returning c.* into v_new;
    exception when unique_violation then
      perform private.refuse(409, 'slug_taken', 'Another campaign has this address already. Choose another slug.');
    end;
    if v_new.currency <> v_old.currency then
      update public.campaign_totals t set currency = v_new.currency where t.campaign_id = p_campaign;
      perform private.open_ledger_accounts(p_campaign, v_new.currency);
    end if;
    perform private.append_outbox('campaign', p_campaign, 'giving/campaign.updated', jsonb_build_object(
      'campaignId', p_campaign, 'slug', v_new.slug, 'status', v_new.status, 'version', v_new.version,
      'previousStatus', v_old.status, 'previousSlug', v_old.slug, 'changed', to_jsonb(v_changed)), nullif(p_traceparent, ''));
  end if;
  select t.* into v_totals from public.campaign_totals t where t.campaign_id = p_campaign;
  return public.campaign_view(v_new, v_totals);
end;
$$;

-- The last gifts to a campaign that anybody may see, newest first; of anonymous ones neither name nor message.
create or replace function public.recent_donations(p_campaign uuid, p_limit integer default 20)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'pledgeId', r.id, 'amountMinor', r.gift_minor, 'currency', r.currency,
    'name', case when not r.anonymous then d.name end, 'message', case when not r.anonymous then d.message end,
    'at', r.created_at) order by r.created_at desc, r.id desc), '[]'::jsonb)
  from (
    select p.* from public.pledges p
    where p.campaign_id = p_campaign and p.status in ('captured', 'completed')
      and exists (select from public.campaigns c where c.id = p_campaign and c.status <> 'draft')
    order by p.created_at desc, p.id desc
    limit least(greatest(p_limit, 1), 100)
  ) r join public.pledge_donors d on d.pledge_id = r.id;
$$;

revoke all on function private.person_has_role(uuid, public.app_role) from public, anon, authenticated, service_role;
revoke all on function private.require_manager(uuid, public.campaigns) from public, anon, authenticated, service_role;
revoke all on function private.slug_of(text) from public, anon, authenticated, service_role;
revoke all on function private.check_campaign(public.campaigns) from public, anon, authenticated, service_role;
revoke all on function public.create_campaign(uuid, jsonb, text) from public, anon, authenticated;
revoke all on function public.update_campaign(uuid, uuid, bigint, jsonb, text) from public, anon, authenticated;
revoke all on function public.recent_donations(uuid, integer) from public, service_role;
grant execute on function public.create_campaign(uuid, jsonb, text) to service_role;
grant execute on function public.update_campaign(uuid, uuid, bigint, jsonb, text) to service_role;
grant execute on function public.recent_donations(uuid, integer) to anon, authenticated;
